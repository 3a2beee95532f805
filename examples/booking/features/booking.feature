Feature: tables that are booked with a flow

  Scenario: a table, screen by screen
    When Ana says "hello"
    Then Ana receives a text with "Which table would you like?"
    When Ana opens the flow "Book a table"
    Then Ana sees the screen "When?"
    And Ana cannot continue: "it is required"
    And Ana cannot enter "tomorrow" in "Day": "no date"
    When Ana enters "2026-02-14" in "Day"
    And Ana picks "At the window" in "Table"
    And Ana continues
    Then Ana sees "We hold a table for ten minutes: At the window on 2026-02-14"
    When Ana goes back
    And Ana picks "In the garden" in "Table"
    And Ana continues
    And Ana enters "Ana" in "Your name"
    And Ana continues
    Then Ana sees that the flow is closed
    And Ana receives a text with "Booked: In the garden on 2026-02-14."

  Scenario: two people want one table
    When Ana says "hello"
    And Ben says "hello"
    And Ana opens the flow "Book a table"
    And Ana enters "2026-02-14" in "Day"
    And Ana picks "At the window" in "Table"
    And Ana continues
    And Ben opens the flow "Book a table"
    And Ben enters "2026-02-14" in "Day"
    And Ben picks "At the window" in "Table"
    And Ben continues
    Then Ben sees the screen "When?"
    And Ben sees "At the window on 2026-02-14 is taken."
    When Ben picks "At the door" in "Table"
    And Ben continues
    Then Ben sees the screen "Who?"

  Scenario: a table is held for ten minutes
    When Ana says "hello"
    And Ana opens the flow "Book a table"
    And Ana enters "2026-02-14" in "Day"
    And Ana picks "At the window" in "Table"
    And Ana continues
    And 11 minutes pass
    And Ana enters "Ana" in "Your name"
    Then Ana cannot continue: "The table is no longer held."
    And Ana cannot open the flow "Book a table": "the button can no longer be tapped"

  Scenario: a phone with the old key fetches the new one
    When Ana says "hello"
    And the next flow request is encrypted with a wrong key
    And Ana opens the flow "Book a table"
    Then Ana sees the screen "When?"

  Scenario: a request that cannot be decrypted, and one that WhatsApp has not signed
    When Ana says "hello"
    And the next 2 flow requests are encrypted with a wrong key
    Then Ana cannot open the flow "Book a table": "business-decryption-error"
    When the next flow request has a wrong signature
    Then Ana cannot open the flow "Book a table": "432"
    When Ana opens the flow "Book a table"
    Then Ana sees the screen "When?"

  Scenario: the bot is away while somebody fills in the flow
    When Ana says "hello"
    And Ana opens the flow "Book a table"
    And Ana enters "2026-02-14" in "Day"
    And Ana picks "At the window" in "Table"
    And the bot crashes
    Then Ana cannot continue: "it answered 503"
    When the bot restarts
    And Ana continues
    Then Ana sees the screen "Who?"
