"""What every body and answer has in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A body or an answer; attributes in snake_case, camelCase on the wire.

    What a newer server answers and this version does not know is kept in `model_extra`.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
