Feature: the bot echoes

  Scenario: what a person writes comes back at once
    When Ana says "hello"
    Then Ana receives "hello"
    When 1 day passes
    Then Ana receives nothing

  Scenario: an answer that the API loses
    When the API loses the next answer
    And Ana says "hello"
    Then Ana receives "hello"
