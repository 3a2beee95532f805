Feature: somebody whom WhatsApp gives another id keeps the session

  Scenario: a user without a number has another id
    When US.1 says "before"
    And 5 seconds pass
    And US.1 sends the message:
      """
      {"type": "system", "system": {"type": "user_changed_user_id", "user_id": "US.2", "body": "User Ana changed from US.1 to US.2"}}
      """
    And 5 seconds pass
    And US.2 says "after"
    Then US.2 receives a text with "Message #3 stored"
    When 14.999 seconds pass
    Then US.2 receives nothing
    When 0.001 seconds pass
    Then US.2 receives:
      """
      📬 Message History (3 messages)

      ⏰ You were inactive for 15 seconds. Here's what you sent:

      1. [09:00:00] before
      2. [09:00:05] [system] User Ana changed from US.1 to US.2
      3. [09:00:10] after

      ✨ Session Complete!
      📊 Total: 3 messages
      ⏱️ Timer: 15 seconds
      """
    When US.2 says "again"
    Then US.2 receives a text with "Welcome!"
    When 15 seconds pass
    Then US.2 receives a text with "1. [09:00:25] again"

  Scenario: a user has another number, and with it another id
    When Ana says "before"
    And Ana sends the message:
      """
      {"type": "system", "system": {"type": "user_changed_user_id", "wa_id": "15550009999", "user_id": "US.9", "body": "User Ana changed from US.8 to US.9"}}
      """
    And +15550009999 says "after"
    And 15 seconds pass
    Then +15550009999 receives a text with "1. [09:00:00] before"

  Scenario: the message with the new id comes first
    When the next 3 messages come in reverse order
    And US.1 says "before"
    And US.1 sends the message:
      """
      {"type": "system", "system": {"type": "user_changed_user_id", "user_id": "US.2", "body": "User Ana changed from US.1 to US.2"}}
      """
    And US.2 says "after"
    And 15 seconds pass
    Then US.2 receives 4 messages

  Scenario: an id changes twice, and a message is edited and another deleted under the new one
    When US.1 says "one"
    And US.1 sends the message:
      """
      {"type": "system", "system": {"type": "user_changed_user_id", "user_id": "US.2", "body": "User Ana changed from US.1 to US.2"}}
      """
    And US.2 sends the message:
      """
      {"type": "system", "system": {"type": "user_changed_user_id", "user_id": "US.3", "body": "User Ana changed from US.2 to US.3"}}
      """
    And US.3 says "two"
    And US.3 says "three"
    And US.3 edits "two" to "four"
    And US.3 deletes "three"
    And 15 seconds pass
    Then US.3 receives a text with "4. [09:00:00] four (edited)"
    And US.3 receives nothing

  Scenario: the bot crashes before it has stored that an id has changed
    When US.1 says "before"
    And the bot crashes before Redis command 2
    And US.1 sends the message:
      """
      {"type": "system", "system": {"type": "user_changed_user_id", "user_id": "US.2", "body": "User Ana changed from US.1 to US.2"}}
      """
    Then the webhook is answered 0
    When the bot restarts
    And the webhook is delivered again
    And US.2 says "after"
    And 15 seconds pass
    Then US.2 receives a text with "3. [09:00:00] after"

  Scenario: what is said in a group is not answered to one person
    When Ana says "hello"
    And Ana sends the message:
      """
      {"type": "text", "text": {"body": "to all"}, "group_id": "Y2FwaV9ncm91cDox"}
      """
    Then Ana receives 1 message
    When 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    And Ana receives nothing
