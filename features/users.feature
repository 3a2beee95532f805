Feature: users are kept apart

  Scenario: two users at once see their own words only
    When Ana says "from Ana"
    And Ben says "from Ben"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] from Ana"
    And Ben receives a text with "1. [09:00:00] from Ben"

  Scenario: a history has messages of its user only
    When Ana says "from Ana"
    And Ben says "from Ben"
    And 15 seconds pass
    Then Ana receives a text without "Ben"
    And Ben receives a text without "Ana"

  Scenario Outline: names are written as people write them
    When <name> says "hola"
    And Ben says "hello"
    And 15 seconds pass
    Then <name> receives a text with "1. [09:00:00] hola"

    Examples:
      | name       |
      | Ángel      |
      | Łukasz     |
      | Anne-Marie |
      | María José |
      | 李雷       |

  Scenario: each user has a timer
    When Ana says "hello"
    And 10 seconds pass
    And Ben says "hello"
    Then Ana receives 1 message
    And Ben receives 1 message
    When 5 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    And Ben receives nothing
    When 10 seconds pass
    Then Ben receives exactly:
      | at       | with                        |
      | 09:00:25 | Message History (1 message) |

  Scenario: a user without a phone number is kept under the id that WhatsApp gives
    When US.13491208655302741918 says "no number"
    Then Redis holds "wappa:EXPTRIGGER:user_inactivity:US.13491208655302741918" in database 3 for 15 seconds
    When 15 seconds pass
    Then US.13491208655302741918 receives a text with "1. [09:00:00] no number"

  Scenario: a user with a username has no number
    When Ana has the username "ana.b"
    And Ana says "no number"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] no number"
    And WhatsApp does not tell the number of Ana
    And the report card is clean

  Scenario: a user with a username has a number after the business wrote to it
    When Ana has the username "ana.b"
    And Ana says "no number"
    Then WhatsApp does not tell the number of Ana
    When the business writes "by number" to Ana
    And Ana says "now you know it"
    Then WhatsApp names Ana by the number 15550000001
    And the report card is clean
