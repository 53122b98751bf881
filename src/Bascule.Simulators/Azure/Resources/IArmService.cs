namespace Bascule.Simulators.Azure.Resources;

/// <summary>Who answers what was let in.</summary>
internal interface IArmService
{
    ArmReply Answer(ArmRequest request);

    /// <summary>What whoever asks must be allowed.</summary>
    ArmRight Needed(ArmRequest request);

    /// <summary>What a write holds while it goes on: two at once are a conflict. Null when it holds nothing.</summary>
    string? Held(ArmRequest request);

    /// <summary>Word under which the call is counted.</summary>
    string Topic(ArmRequest request);

    /// <summary>Answer to a write that meets another one.</summary>
    ArmReply Conflict();
}
