using Bascule.Core;
using Bascule.Core.Signatures;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Signatures;

/// <summary>Reads the public key that somebody gives, by gpg.</summary>
internal sealed class OpenPgpReader(SignatureTools tools)
{
    private const int MaxText = 256 * 1024;

    /// <summary>The one key, without what others have said of it. Denied when no signature of it would count.</summary>
    public async Task<Result<SigningKey>> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length > MaxText)
            return Problem.Exceeded($"the key has more than {MaxText} characters; export it alone: {Export}");
        var program = tools.FindGpg();
        if (program.Failed(out var missing))
            return missing;
        using var home = new GpgHome(program.Value);
        await home.ImportAsync([text], cancellationToken);
        if (await home.ListAsync(cancellationToken) is not [var key])
            return Problem.Invalid($"that is not exactly one public key of OpenPGP; export one: {Export}");
        var fingerprint = key.Primary.Fingerprint;
        if (key.Weakness is { } weakness)
            return Problem.Denied($"key {fingerprint} proves nothing: {weakness}");
        var exported = await home.ExportAsync(fingerprint, cancellationToken);
        return exported.Failed(out var unwritten)
            ? unwritten
            : new SigningKey(SigningKeyKind.OpenPgp, fingerprint, exported.Value);
    }

    public const string Export = "gpg --armor --export FINGERPRINT > key.asc";
}
