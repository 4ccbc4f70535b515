"""Times of day as people write them, kept as minutes from midnight."""


def read(told: str) -> int:
    """Read "09:30" as 570; "24:00" is the end of the day."""
    hours, minutes = told.split(":")
    return int(hours) * 60 + int(minutes)


def write(minute: int) -> str:
    """Write 570 as "09:30"; what lies on the next day is told by its time alone."""
    minute = minute if minute <= read("24:00") else minute - read("24:00")
    return f"{minute // 60:02}:{minute % 60:02}"
