Feature: WhatsApp's own rules hold

  Scenario: a free text after 24 hours of silence arrives nowhere
    When Ana says "hello"
    And 24 hours pass
    And the business writes "are you there?" to Ana
    Then WhatsApp takes it
    And Ana receives a text with "are you there?"
    When 1 second passes
    And the business writes "and now?" to Ana
    Then WhatsApp takes it
    And the message to Ana fails with 131047
    And Ana receives nothing

  Scenario: a template still arrives
    When Ana says "hello"
    And 25 hours pass
    And the business sends the template "hello_world" to Ana
    Then WhatsApp takes it
    And Ana receives 3 messages

  Scenario: a user who writes opens the window again
    When Ana says "hello"
    And 25 hours pass
    And Ana says "hello again"
    And the business writes "there you are" to Ana
    Then WhatsApp takes it
    And Ana receives a text with "there you are"

  Scenario: more to one user than WhatsApp takes
    Given WhatsApp limits the messages to a user
    When Ana says "hello"
    And the business writes 44 texts to Ana
    And the business writes "too much" to Ana
    Then WhatsApp refuses it with 131056
    When 5.9 seconds pass
    And the business writes "too early" to Ana
    Then WhatsApp refuses it with 131056
    When 0.1 seconds pass
    And the business writes "in time" to Ana
    Then WhatsApp takes it

  Scenario: the URL of a picture lasts for five minutes
    When Ana sends an image
    And the business asks where the file of Ana is
    And 299 seconds pass
    And the business fetches the file
    Then WhatsApp answers 200
    When 2 seconds pass
    And the business fetches the file
    Then WhatsApp answers 404
    When the business asks where the file of Ana is
    And the business fetches the file
    Then WhatsApp answers 200

  Scenario: WhatsApp delivers for seven days until the bot is back, and each message counts once
    Given WhatsApp delivers again for 7 days
    When the bot crashes
    And Ana says "one"
    Then the webhook is answered 503
    When 1 day passes
    And Ana says "two"
    Then the webhook is answered 503
    When 5 days pass
    And the bot restarts
    And Ana says "three"
    And 12 hours pass
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:00 | stored!                     |
      | 09:00:15 | Message History (1 message) |
      | 15:03:07 | stored!                     |
      | 15:03:22 | 1. [09:00:00] two           |
      | 16:11:39 | stored!                     |
      | 16:11:54 | 1. [09:00:00] one           |
    When 1 hour passes
    Then Ana receives nothing

  Scenario Outline: a number in two spellings is one person, with one window and one conversation
    When <writes> says "hello"
    Then WhatsApp names <writes> by the number <wa_id>
    When 24 hours pass
    And the business writes "still there?" to <dialled>
    Then WhatsApp takes it
    And WhatsApp answers with the wa_id <wa_id>
    And <writes> receives a text with "still there?"
    When 1 second passes
    And the business writes "and now?" to <dialled>
    Then the message to <writes> fails with 131047
    When <writes> says "yes"
    And the business writes "good" to <dialled>
    Then WhatsApp answers with the wa_id <wa_id>
    And <dialled> receives a text with "good"

    Examples: Mexico
      | writes         | dialled        | wa_id         |
      | +525512345678  | +5215512345678 | 5215512345678 |
      | +5215512345678 | +525512345678  | 5215512345678 |

    Examples: Argentina
      | writes         | dialled          | wa_id         |
      | +541155550101  | +5491155550101   | 5491155550101 |
      | +5491155550101 | +541155550101    | 5491155550101 |
      | +5491155550101 | +54111555550101  | 5491155550101 |

    Examples: Brazil, as the account is registered
      | writes         | dialled        | wa_id         |
      | +553155550101  | +5531955550101 | 553155550101  |
      | +5531955550101 | +553155550101  | 5531955550101 |

  Scenario: a test number's list has one spelling
    Given the business may write to +525512345678 only
    When +525512345678 says "hello"
    And the business writes "hello" to +5215512345678
    Then WhatsApp refuses it with 131030
    When the business writes "hello" to +525512345678
    Then WhatsApp takes it
    And WhatsApp answers with the wa_id 5215512345678

  Scenario: a number without WhatsApp is taken, and nothing arrives
    When Ana is not on WhatsApp
    And the business sends the template "hello_world" to Ana
    Then WhatsApp takes it
    And the message to Ana fails with 131026
    And Ana receives nothing

  Scenario: a number that WhatsApp has otherwise
    When Ana is on WhatsApp as "16505559999"
    And Ana says "hello"
    Then WhatsApp names Ana by the number 16505559999
    When the business writes "hello" to Ana
    Then WhatsApp answers with the wa_id 16505559999
    And Ana receives a text with "hello"
