# language: pt
Funcionalidade: palavras-chave em português

  Esquema do Cenário: o bot repete
    Dado the time is 2026-01-05 09:00
    Quando Ana says "<palavra>"
    Então Ana receives "<palavra>"
    E Ana receives nothing

    Exemplos:
      | palavra |
      | olá     |
      | tchau   |
