using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>The one reader of secrets that settings name, wherever they are.</summary>
public sealed class SecretSources : IDisposable
{
    private readonly Dictionary<string, ISecretSource> _sources;

    private SecretSources(IEnumerable<ISecretSource?> sources) =>
        _sources = sources.OfType<ISecretSource>().ToDictionary(source => source.Scheme);

    /// <param name="identity">Who Bascule is at a source (by its word, see <see cref="SecretIdentity"/>); null while its tokens cannot be had: then sources that need them are left out.</param>
    /// <param name="detail">Told why a call failed, for the operator's log; never a secret.</param>
    public static SecretSources Open(
        SecretsOptions options,
        Func<string, IRunIdentity>? identity,
        TimeProvider time,
        Action<string>? detail = null
    ) =>
        new([
            options.Vault is { } vault && (identity is not null || !vault.NeedsIssuer)
                ? new VaultSource(VaultClient.Open(vault, identity?.Invoke("vault"), time, detail))
                : null,
            options.Azure is { } azure && (identity is not null || !azure.NeedsIssuer)
                ? new AzureSource(AzureClient.Open(azure, identity?.Invoke("azure"), time, detail))
                : null,
            options.Aws is { } aws && (identity is not null || !aws.NeedsIssuer)
                ? AwsSource.Open(aws, identity?.Invoke("aws"), time, detail)
                : null,
        ]);

    /// <summary>Whether a secret there can be read now.</summary>
    public bool CanRead(SecretReference reference) => reference.IsLocal || _sources.ContainsKey(reference.Scheme);

    /// <summary>Reads one as it is now. A problem begins with the setting's name.</summary>
    public async Task<Result<Secret>> ReadAsync(SettingSecret setting, CancellationToken cancellationToken)
    {
        if (setting.Reference.IsLocal)
            return LocalSecrets.TryRead(setting.Reference, out var local, out var fault)
                ? local
                : fault.For(setting.Key);
        var read = await _sources[setting.Reference.Scheme].ReadAsync(setting.Reference, cancellationToken);
        return read.Failed(out var problem) ? problem with { Message = $"{setting.Key}: {problem.Message}" } : read;
    }

    /// <summary>Reads those that have not been read; the first that cannot be read ends it.</summary>
    public async Task<Result<Done>> ReadAllAsync(
        IEnumerable<SettingSecret> settings,
        CancellationToken cancellationToken
    )
    {
        foreach (var setting in settings.Where(setting => !setting.IsRead))
        {
            var read = await ReadAsync(setting, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            setting.Take(read.Value);
        }
        return Result.Done;
    }

    public void Dispose()
    {
        foreach (var source in _sources.Values)
            (source as IDisposable)?.Dispose();
    }
}
