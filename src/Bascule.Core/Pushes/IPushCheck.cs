namespace Bascule.Core.Pushes;

/// <summary>
/// One rule run on the content of a push that its token allows. It is asked about everything that a push brings, piece by piece, and answers what concerns
/// it; null is consent. It does no I/O and remembers nothing, so that a push of any size is checked in little memory.
/// </summary>
public interface IPushCheck
{
    /// <summary>What messages and audit entries call it: the key of the settings that governs it.</summary>
    string Name { get; }

    PushFinding? Look(MovedRef moved) => null;

    PushFinding? Look(ChangedPath changed) => null;

    PushFinding? Look(NewFile file) => null;

    PushFinding? Look(AddedLine line) => null;
}
