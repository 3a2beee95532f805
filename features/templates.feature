Feature: templates live, and so does a business' reach

  Scenario: a new template is held, and goes out when nobody minds
    Given WhatsApp holds messages of a new template after 2
    When the business creates the marketing template "offer" with the text "Pizza for two."
    And Meta approves the template "offer"
    And the business sends the template "offer" to Ana
    And the business sends the template "offer" to Ben
    And the business sends the template "offer" to Carla
    Then WhatsApp holds it
    And Ben receives a message of the type "template" with "Pizza for two."
    And Carla receives nothing
    When 59 minutes pass
    Then Carla receives nothing
    When 1 minute passes
    Then Carla receives a message of the type "template" with "Pizza for two."
    When the business sends the template "offer" to Dora
    Then Dora receives a message of the type "template" with "Pizza for two."

  Scenario: a new template is held, and fails when people mind
    Given WhatsApp holds messages of a new template after 1
    When the business creates the marketing template "offer" with the text "Pizza for two."
    And Meta approves the template "offer"
    And the business sends the template "offer" to Ana
    And the business sends the template "offer" to Ben
    Then WhatsApp holds it
    When Meta rates the template "offer" RED
    Then the template "offer" has the status PAUSED
    And the message to Ben fails with 132015
    And Ben receives nothing
    When 3 days pass
    And the business sends the template "offer" to Ben
    Then WhatsApp refuses it with 132015
    When Meta unpauses the template "offer"
    And the business sends the template "offer" to Ben
    Then Ben receives a message of the type "template" with "Pizza for two."

  Scenario: a bad template is paused for 3 hours, then for 6, then disabled
    When Meta rates the template "hello_world" RED
    And the business sends the template "hello_world" to Ana
    Then WhatsApp refuses it with 132015
    When 3 hours pass
    Then the template "hello_world" has the status APPROVED
    And the template "hello_world" has the quality UNKNOWN
    And the business sends the template "hello_world" to Ana
    And WhatsApp takes it
    When Meta rates the template "hello_world" RED
    And 5 hours 59 minutes pass
    Then the template "hello_world" has the status PAUSED
    When 1 minute passes
    Then the template "hello_world" has the status APPROVED
    When Meta rates the template "hello_world" RED
    Then the template "hello_world" has the status DISABLED
    When the business sends the template "hello_world" to Ana
    Then WhatsApp refuses it with 132016

  Scenario: people who mind a template pause it
    Given WhatsApp rates a template after 2 messages
    When the business sends the template "hello_world" to Ana
    And the business sends the template "hello_world" to Ben
    Then the template "hello_world" has the quality GREEN
    When Ana reports the business
    Then the template "hello_world" has the quality RED
    And the template "hello_world" has the status PAUSED

  Scenario: a business writes to so many people in 24 hours
    Given WhatsApp lets the business write to 2 people a day
    When Carla says "hello"
    And the business sends the template "hello_world" to Ana
    And 1 hour passes
    And the business sends the template "hello_world" to Ben
    And the business sends the template "hello_world" to Carla
    And the business sends the template "hello_world" to Dora
    Then WhatsApp takes it
    And the message to Dora fails with 131048
    When 22 hours pass
    And the business sends the template "hello_world" to Dora
    Then the message to Dora fails with 131048
    When 1 hour passes
    And the business sends the template "hello_world" to Dora
    Then Dora receives 1 message
    When Meta lets the business write to TIER_2K people a day
    And the business sends the template "hello_world" to Emma
    Then Emma receives 1 message

  Scenario: a person gets so much marketing
    Given WhatsApp gives a person 2 marketing messages in 1 day
    When the business creates the marketing template "offer" with the text "Pizza for two."
    And Meta approves the template "offer"
    And the business sends the template "offer" to Ana
    And the business sends the template "offer" to Ana
    And the business sends the template "offer" to Ana
    Then the message to Ana fails with 131049
    And Ana receives 2 messages
    When 24 hours pass
    And the business sends the template "offer" to Ana
    Then Ana receives 1 message
    When Ana says "hello"
    And the business sends the template "offer" to Ana
    And the business sends the template "offer" to Ana
    Then Ana receives 3 messages

  Scenario: who stops marketing messages gets none
    When the business creates the marketing template "offer" with the text "Pizza for two."
    And Meta approves the template "offer"
    And Ana says "hello"
    And Ana stops marketing messages
    And the business sends the template "offer" to Ana
    Then WhatsApp takes it
    And the message to Ana fails with 131050
    When the business sends the template "hello_world" to Ana
    Then Ana receives 2 messages
    When Ana resumes marketing messages
    And the business sends the template "offer" to Ana
    Then Ana receives a message of the type "template" with "Pizza for two."
