using Bascule.Connectors.Keys;
using Bascule.Connectors.Secrets;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Identity;
using Bascule.Server.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Provenance;

internal static partial class ProvenanceExtensions
{
    public static void AddProvenance(this IServiceCollection services, ServerSettings settings) =>
        services.AddProvenance(
            new ProvenanceOptions(settings.PublicUrl, settings.Provenance.Overlap),
            provider => OpenPlaces(provider, settings)
        );

    /// <param name="places">Null for keys of our own alone.</param>
    public static void AddProvenance(
        this IServiceCollection services,
        ProvenanceOptions options,
        Func<IServiceProvider, KeyPlaces>? places = null
    )
    {
        services.AddSingleton(options);
        services.AddSingleton(places ?? (provider => new KeyPlaces(next: null, [Local(provider)])));
        services.AddSingleton<ProvenanceKeys>();
        services.AddSingleton<RunPartyReader>();
        services.AddSingleton<RunEvidenceReader>();
        services.AddSingleton<IWorkHandler, AttestHandler>();
    }

    private static LocalKeyPlace Local(IServiceProvider provider) => new(provider.GetRequiredService<MasterKey>());

    private static KeyPlaces OpenPlaces(IServiceProvider provider, ServerSettings settings)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var identities = provider.GetRequiredService<RunIdentities>();
        var log = provider.GetRequiredService<ILogger<ProvenanceKeys>>();
        var (key, token) = (settings.Provenance.Key, settings.Provenance.Token);
        IProvenanceKeyPlace?[] all =
        [
            Local(provider),
            token is null ? null : SigningKeyPlaces.OpenToken(token, key, time),
            SigningKeyPlaces.OpenVault(
                settings.SecretSources,
                key,
                source => identities.ForSecrets(SecretIdentity.Subject(source)),
                time,
                detail => Log.NoAnswer(log, detail)
            ),
        ];
        return new KeyPlaces(key?.Scheme, [.. all.OfType<IProvenanceKeyPlace>()]);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The vault of the key for provenance did not answer: {Detail}")]
        public static partial void NoAnswer(ILogger log, string detail);
    }
}
