Feature: the bot sends a conversation back after silence

  Scenario: the first message is stored and confirmed
    When Ana says "Hello there!"
    Then Ana receives:
      """
      👋 Welcome! I keep every message you send. After 15 seconds of silence I send all of them back, each with its time.

      💾 Message #1 stored! Timer reset to 15 seconds
      """

  Scenario: every further message is counted
    When Ana says "Hello there!"
    And 2 seconds pass
    And Ana says "How are you?"
    Then Ana receives "💾 Message #2 stored! Timer reset to 15 seconds"
    When 3 seconds pass
    And Ana says "See you later!"
    Then Ana receives "💾 Message #3 stored! Timer reset to 15 seconds"

  Scenario: after fifteen seconds of silence everything comes back
    Given the time is 2026-01-05 10:30:45
    When Ana says "Hello there!"
    And 2 seconds pass
    And Ana says "How are you?"
    And 3 seconds pass
    And Ana says "See you later!"
    And 15 seconds pass
    Then Ana receives:
      """
      📬 Message History (3 messages)

      ⏰ You were inactive for 15 seconds. Here's what you sent:

      1. [10:30:45] Hello there!
      2. [10:30:47] How are you?
      3. [10:30:50] See you later!

      ✨ Session Complete!
      📊 Total: 3 messages
      ⏱️ Timer: 15 seconds
      """

  Scenario: the next message begins a new session
    When Ana says "Hello there!"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] Hello there!"
    When 5 seconds pass
    And Ana says "me again"
    Then Ana receives a text with "Message #1 stored! Timer reset to 15 seconds"
    When 15 seconds pass
    Then Ana receives a text with "1. [09:00:20] me again"

  Scenario: a session that was sent back is over
    When Ana says "Hello there!"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] Hello there!"
    When 1 day passes
    Then Ana receives nothing
    And Redis holds nothing of Ana
