"""The chassis of every Cartwheel service; its README says what each package is for, in their order."""
