using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Forges;

namespace Bascule.Core.Runs;

/// <summary>
/// Names one run to its platform, so that asking twice starts once (ARCHITECTURE 2.5): hex SHA-256 of a length-prefixed tuple, 64 characters.
/// </summary>
public readonly record struct IdempotencyKey(string Hex)
{
    /// <param name="epoch">Raised by every restore, so that a restored installation never reuses a key.</param>
    /// <param name="trigger">See <see cref="Runs.Trigger"/>.</param>
    /// <param name="ordinal">Raised only when a person asks for a retry; automatic attempts keep it.</param>
    public static IdempotencyKey Derive(
        long epoch,
        RepositoryKey repository,
        Trigger trigger,
        CommitId commit,
        string workflow,
        string environment,
        int ordinal
    )
    {
        string[] parts =
        [
            epoch.ToString(CultureInfo.InvariantCulture),
            repository.ForgeUid,
            repository.Id.ToString(CultureInfo.InvariantCulture),
            trigger.ToString(),
            commit.ToString(),
            workflow,
            environment,
            ordinal.ToString(CultureInfo.InvariantCulture),
        ];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return new IdempotencyKey(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public override string ToString() => Hex;
}

/// <summary>What made a run come about: <c>ref:&lt;name&gt;:&lt;generation&gt;</c>.</summary>
public readonly record struct Trigger(string Text)
{
    public static Trigger Ref(RefName name, long generation) =>
        new(string.Create(CultureInfo.InvariantCulture, $"ref:{name}:{generation}"));

    public override string ToString() => Text;
}
