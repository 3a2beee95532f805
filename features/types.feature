Feature: every type of message is one line of the history

  Scenario Outline: what people send
    When Ana <sends>
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] <line>"

    Examples:
      | sends                                                     | line                                                    |
      | says "Hello there!"                                       | Hello there!                                            |
      | sends an image                                            | [image]                                                 |
      | sends an image captioned "Taj Mahal"                      | [image] Taj Mahal                                       |
      | sends a video captioned "the sea"                         | [video] the sea                                         |
      | sends an audio file                                       | [audio]                                                 |
      | sends a voice message                                     | [voice message]                                         |
      | sends the document "invoice.pdf"                          | [document] invoice.pdf                                  |
      | sends the document "invoice.pdf" captioned "March"        | [document] invoice.pdf: March                           |
      | sends a sticker                                           | [sticker]                                               |
      | sends a location                                          | [location] 37.44, -122.16                               |
      | sends the location of "Philz Coffee" at "101 Forest Ave"  | [location] Philz Coffee, 101 Forest Ave (37.44, -122.16) |
      | sends the contact "Lucía" with the number "+19835552319"  | [contacts] Lucía +19835552319                           |
      | sends the button reply "Yes"                              | [button] Yes                                            |
      | sends the list reply "Express"                            | [list] Express                                          |
      | sends the template reply "Unsubscribe"                    | [button] Unsubscribe                                    |
      | orders 2 of "di9ozbzfi4"                                  | [order] 2 × di9ozbzfi4                                  |
      | sends a poll                                              | [unsupported] poll                                      |
      | sends something of the new type "hologram"                | [hologram]                                              |

  Scenario: a change of number is a line too
    When Ana says "hello"
    And Ana changes to the number 15550009999
    And 15 seconds pass
    Then Ana receives a text with "2. [09:00:00] [system] User changed from +15550000001 to 15550009999"

  Scenario: a reaction is a message too
    When Ana says "hello"
    And Ana reacts "👍"
    And 15 seconds pass
    Then Ana receives a text with "2. [09:00:00] [reaction] 👍"

  Scenario: a reaction that is taken back
    When Ana says "hello"
    And Ana reacts ""
    And 15 seconds pass
    Then Ana receives a text with "2. [09:00:00] [reaction removed]"

  Scenario: line breaks, quotes and emoji come back as they were
    When Ana says:
      """
      first "line" \ with / and <tags>
      second line 👩‍👧 ñ
      """
    And 15 seconds pass
    Then Ana receives:
      """
      📬 Message History (1 message)

      ⏰ You were inactive for 15 seconds. Here's what you sent:

      1. [09:00:00] first "line" \ with / and <tags>
      second line 👩‍👧 ñ

      ✨ Session Complete!
      📊 Total: 1 message
      ⏱️ Timer: 15 seconds
      """
