using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Views;

/// <summary>A view that somebody reads.</summary>
/// <param name="Path">The bare repository.</param>
/// <param name="Refs">Where the allowed refs are, a tag at its tag object; empty when nobody asked the forge.</param>
internal sealed record OpenView(string Path, IReadOnlyDictionary<RefName, CommitId> Refs, IDisposable Use) : IDisposable
{
    public void Dispose() => Use.Dispose();
}
