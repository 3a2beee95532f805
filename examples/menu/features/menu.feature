Feature: orders

  Scenario: the menu
    When Ana says "hello"
    Then Ana receives:
      """
      What would you like?
      Menu
      [1] Pizza
      [2] Pasta
      [3] Drinks
      [4] My cart
      """
    When Ana picks "Pasta" from the list
    Then Ana receives:
      """
      Pasta: which one?
      Pasta
      [1] Carbonara
      [2] Arrabbiata
      [3] Menu
      """

  Scenario: an order, and the template that says that it is ready
    When Ana puts a small "Margherita" of the page "Pizza" into the cart
    Then Ana receives a text with "Margherita (Small) is number 1 in order 1."
    When Ana taps "My cart"
    And Ana taps "Order"
    Then Ana receives a text with "We cook order 1: Margherita (Small)."
    When 5 seconds pass
    Then Ana receives a text with "Hello World"

  Scenario: two people have a cart each
    When Ana puts a large "Carbonara" of the page "Pasta" into the cart
    And Ben puts a small "Water" of the page "Drinks" into the cart
    And Ana taps "My cart"
    Then Ana receives a text with "order 1: Carbonara (Large)."
    When Ben taps "My cart"
    Then Ben receives a text with "order 1: Water (Small)."

  Scenario: the API refuses the menu for a moment
    When the API answers 131000 the next time
    And Ana says "hello"
    And 4 seconds pass
    Then Ana receives a text with "What would you like?"

  Scenario: a crash loses nothing
    Given the bot runs on 2 replicas
    When Ana puts a small "Funghi" of the page "Pizza" into the cart
    And the bot crashes
    And the bot restarts
    And Ana taps "My cart"
    Then Ana receives a text with "order 1: Funghi (Small)."
