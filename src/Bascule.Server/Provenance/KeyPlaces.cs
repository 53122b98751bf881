using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Server.Provenance;

/// <summary>Where keys may be: in the database always, and wherever the settings say.</summary>
/// <param name="next">The kind of place that the next key comes from; null for the database.</param>
internal sealed class KeyPlaces(string? next, IReadOnlyList<IProvenanceKeyPlace> all) : IDisposable
{
    public IProvenanceKeyPlace Next { get; } = all.First(one => one.Kind == (next ?? ProvenanceKey.Local));

    /// <param name="place">As it is stored: <c>pkcs11:LABEL/ID</c>.</param>
    public IProvenanceKeyPlace? Find(string place) => all.FirstOrDefault(one => one.Kind == place.Split(':')[0]);

    public void Dispose()
    {
        foreach (var place in all)
            (place as IDisposable)?.Dispose();
    }
}
