using Bascule.Core.Platforms;

namespace Bascule.Server.Notebooks;

/// <summary>The connectors that know notebooks in a form of their own, by the kind of their platform.</summary>
internal sealed class NotebookReaders(IReadOnlyList<IPlatformConnector> connectors)
{
    public IReadsNotebooks? Find(string kind) =>
        connectors.FirstOrDefault(connector => connector.Kind == kind) as IReadsNotebooks;
}
