using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Views;

/// <summary>A view that somebody reads.</summary>
/// <param name="Refs">Where the allowed refs are, a tag at its tag object; empty when nobody asked the forge.</param>
internal sealed record OpenView(View View, IReadOnlyDictionary<RefName, CommitId> Refs, IDisposable Use) : IDisposable
{
    /// <summary>The bare repository.</summary>
    public string Path => View.Path;

    public void Dispose() => Use.Dispose();
}
