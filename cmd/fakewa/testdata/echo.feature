Feature: a bot that sends each text back

  Scenario: a text comes back at once
    When Ana says "hello"
    Then Ana receives "you said hello"

  Scenario: a crash needs a world
    When the bot crashes
    And Ana says "hello"
    Then Ana receives nothing
