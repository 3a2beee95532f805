Feature: a person takes over from the bot

  Scenario: the bot is silent for an hour after the person's last message
    When Ana says "hello"
    Then Ana receives "You said: hello"
    When the app says "Ben here, I take over." to Ana
    And Ana says "thanks"
    Then Ana receives nothing
    When Ben says "hello"
    Then Ben receives "You said: hello"
    When 10 minutes pass
    And the app edits "Ben here, I take over." to "Ben here, I'll take over."
    And 59 minutes 59 seconds pass
    And Ana says "still there?"
    Then Ana receives nothing
    When 1 second passes
    And Ana says "anybody?"
    Then Ana receives "You said: anybody?"
    When the app deletes "Ben here, I'll take over."
    And Ana says "what was that?"
    Then Ana receives nothing

  Scenario: what was said before, and the address book, silence nobody
    When Ana says "hello"
    And the app shares its history in chunks of 1
    And the app does not share its history
    And the app saves Ana as "Ana María"
    And the app removes Ana
    And Ana says "hello again"
    Then Ana receives "You said: hello again"
