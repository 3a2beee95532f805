Feature: what the bot calls beside WhatsApp

  Scenario: a payment
    When Ana says "pay 5"
    Then the service pay.example.com was called with POST /payments
    And the service pay.example.com was sent:
      """
      "amount":"5"
      """
    And the service pay.example.com was called 1 time
    And Ana receives "paid"

  Scenario: the service is away for a while
    When the service pay.example.com answers 503 the next 2 times
    And Ana says "pay 5"
    Then Ana receives nothing
    When 20 seconds pass
    Then Ana receives "paid"
    And the service pay.example.com was called 3 times

  Scenario: a crash between the payment and the word of it
    When the bot crashes after service call 1 like "POST .*/payments"
    And Ana says "pay 5"
    Then the webhook is answered 0
    And the service pay.example.com was called 1 time
    And Ana receives nothing

  Scenario: a language model answers
    Given there is a language model at https://api.openai.com
    And the language model answers "I do not know."
    And the language model answers "From nine to five." to a question with "opening hours"
    When Ana says "What are your Opening Hours?"
    Then Ana receives "From nine to five."
    And the language model was asked "Opening Hours"
    When Ana says "Why?"
    Then Ana receives "I do not know."
    When the next answer of the language model is filtered
    And Ana says "How?"
    Then Ana receives "No answer."
    And the service api.openai.com was called 3 times
    And the service pay.example.com was not called

  Scenario: the language model has enough
    Given there is a language model at https://api.openai.com
    And the language model answers "Yes."
    And the language model takes 1 request a minute
    When Ana says "one"
    Then Ana receives "Yes."
    When Ana says "two"
    Then Ana receives nothing
    When 1 minute passes
    Then Ana receives "Yes."
