using System.Security.Cryptography;

namespace Bascule.Core.Provenance.Keys;

/// <summary>A public key of the curve P-256, and the time for which its signatures count.</summary>
public sealed class VerificationKey
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private readonly byte[] _spki;

    private VerificationKey(byte[] spki)
    {
        _spki = spki;
        Id = Convert.ToHexStringLower(SHA256.HashData(spki));
    }

    /// <summary>SHA-256 over the DER of the key (SubjectPublicKeyInfo), hex: what <c>openssl pkey -pubin -outform DER | sha256sum</c> prints.</summary>
    public string Id { get; }

    public ReadOnlyMemory<byte> Spki => _spki;

    /// <summary>Null: from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Null: without an end.</summary>
    public DateTimeOffset? Until { get; init; }

    public string ToPem() => PemEncoding.WriteString("PUBLIC KEY", _spki) + "\n";

    public VerificationKey Within(DateTimeOffset? from, DateTimeOffset? until) =>
        new(_spki) { From = from, Until = until };

    public bool CountsAt(DateTimeOffset at) =>
        (From is not { } from || at >= from) && (Until is not { } until || at < until);

    /// <param name="signature">ASN.1 DER.</param>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(_spki, out _);
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <param name="spki">DER; Invalid for any other kind of key, curve or form.</param>
    public static Result<VerificationKey> FromSpki(ReadOnlySpan<byte> spki)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            // Written anew, so that one key has one id however its point was compressed.
            return read == spki.Length && key.ExportParameters(false).Curve.Oid.Value == P256
                ? new VerificationKey(key.ExportSubjectPublicKeyInfo())
                : Problem.Invalid("the key is not of the curve P-256");
        }
        catch (CryptographicException)
        {
            return Problem.Invalid("the key is no public key of the curve P-256");
        }
    }

    /// <param name="x">Of the point, 32 bytes; and <paramref name="y"/>.</param>
    public static Result<VerificationKey> FromPoint(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        try
        {
            using var key = ECDsa.Create(
                new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new ECPoint { X = x.ToArray(), Y = y.ToArray() },
                }
            );
            return new VerificationKey(key.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            return Problem.Invalid("the key's point is not on the curve P-256");
        }
    }
}
