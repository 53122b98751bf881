using System.Security.Cryptography;
using System.Text;
using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Core.Secrets;

namespace Bascule.Server.Sealing;

/// <summary>Opens the master key wherever it is. No message says anything of it.</summary>
internal static class MasterKeys
{
    private const string Key = "master_key";

    public static async Task<Result<MasterKey>> OpenAsync(
        MasterKeyPlace place,
        SecretsOptions sources,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        switch (place)
        {
            case MasterKeyFile file:
                return MasterKey.Open(file.Path);
            case MasterKeyGiven given:
                return LocalSecrets.TryRead(given.Reference, out var text, out var fault)
                    ? Decode(text.Reveal(), given.Reference)
                    : fault.For(Key);
            case MasterKeyWrapped wrapped:
                List<string> details = [];
                var wrap = KeyWraps.Open(sources, wrapped.By, time, details.Add);
                using (wrap as IDisposable)
                {
                    var opened = await UnwrapAsync(wrapped, wrap, cancellationToken);
                    return opened.Failed(out var problem)
                        ? problem with
                        {
                            Message = $"{Key}: {string.Join(": ", [problem.Message, .. details.TakeLast(1)])}",
                        }
                        : opened;
                }
            default:
                throw new InvalidOperationException($"no master key is in a {place.GetType().Name}");
        }
    }

    private static Result<MasterKey> Decode(string text, SecretReference reference)
    {
        var bytes = new byte[MasterKey.KeyBytes];
        try
        {
            var isHex =
                text.Length == 2 * bytes.Length
                && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
            var isRight = isHex || (Convert.TryFromBase64String(text, bytes, out var length) && length == bytes.Length);
            return isRight
                ? MasterKey.Of(bytes)
                : Problem.Invalid(
                    $"{Key}: {reference} is not {bytes.Length} bytes as base64 or hexadecimal; make one with: head -c {bytes.Length} /dev/urandom | base64"
                );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static async Task<Result<MasterKey>> UnwrapAsync(
        MasterKeyWrapped place,
        IKeyWrap wrap,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (!File.Exists(place.File) && (await MakeAsync(place, wrap, cancellationToken)).Failed(out var unmade))
                return unmade;
            var text = (await File.ReadAllTextAsync(place.File, cancellationToken)).Trim();
            if (!text.StartsWith($"{place.By} ", StringComparison.Ordinal))
                return Problem.Conflict(
                    $"'{place.File}' was not wrapped by {place.By}; name the key that did, or restore the right file"
                );
            var unwrapped = await wrap.UnwrapAsync(text[(place.By.ToString().Length + 1)..], cancellationToken);
            if (unwrapped.Failed(out var problem))
                return problem;
            return unwrapped.Value.Length == MasterKey.KeyBytes
                ? MasterKey.Of(unwrapped.Value)
                : Problem.Invalid($"what '{place.File}' holds is no master key; restore the right file");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{place.File}' cannot be read or made: {problem.Message}");
        }
    }

    /// <summary>Takes the key that there is, or a new one; what was wrapped is unwrapped once before it is relied on.</summary>
    private static async Task<Result<Done>> MakeAsync(
        MasterKeyWrapped place,
        IKeyWrap wrap,
        CancellationToken cancellationToken
    )
    {
        var key = File.Exists(place.Plain)
            ? await File.ReadAllBytesAsync(place.Plain, cancellationToken)
            : RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);
        try
        {
            var wrapped = await wrap.WrapAsync(key, cancellationToken);
            if (wrapped.Failed(out var problem))
                return problem;
            var back = await wrap.UnwrapAsync(wrapped.Value, cancellationToken);
            if (back.Failed(out problem))
                return problem;
            if (!CryptographicOperations.FixedTimeEquals(back.Value, key))
                return Problem.Unavailable(
                    $"{place.By} does not give back what it wrapped; look at it before Bascule relies on it"
                );
            MasterKey.Write(place.File, Encoding.UTF8.GetBytes($"{place.By} {wrapped.Value}\n"));
            return Result.Done;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
