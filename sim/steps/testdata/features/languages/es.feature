# language: es
Característica: palabras clave en español

  Antecedentes:
    Dado the time is 2026-01-05 09:00

  Escenario: el bot repite
    Cuando Ana says "hola"
    Entonces Ana receives "hola"
    Y Ana receives nothing
