"""The replica of cart's sites: names, language, zone and address of the shop that a mail speaks for."""
