namespace Bascule.Core.Notebooks;

/// <summary>What becomes of what notebooks hold of earlier executions when a commit is sent to a platform.</summary>
public enum NotebookOutputs
{
    /// <summary>Everything goes but the outputs; the default, so that data in them stays on the forge.</summary>
    Strip,

    /// <summary>The files go byte for byte as they are committed.</summary>
    Keep,

    /// <summary>A commit whose notebooks hold outputs is not sent at all.</summary>
    Refuse,
}
