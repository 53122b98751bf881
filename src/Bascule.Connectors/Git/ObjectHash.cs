using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Connectors.Git;

/// <summary>Git's own hash of an object: over its type, its size and its bytes.</summary>
public static class ObjectHash
{
    public const int Sha1Digits = 40;
    public const int Sha256Digits = 64;

    public static bool IsId(string name) =>
        name.Length is Sha1Digits or Sha256Digits && name.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;

    [SuppressMessage(
        "Security",
        "CA5350",
        Justification = "Git's object ids are SHA-1; trust rests on our SHA-256 beside them"
    )]
    public static IncrementalHash Of(ObjectHead head)
    {
        var hash = IncrementalHash.CreateHash(
            head.Id.Length == Sha1Digits ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256
        );
        hash.AppendData(Encoding.ASCII.GetBytes($"{head.Type} {head.Size}\0"));
        return hash;
    }
}
