# language: de
Funktionalität: Schlüsselwörter auf Deutsch

  Szenario: der Bot wiederholt
    Angenommen the time is 2026-01-05 09:00
    Wenn Ana says "hallo"
    Dann Ana receives "hallo"
    Und Ana receives nothing
