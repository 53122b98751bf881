using System.Text.Json;
using Bascule.Core.Json;

namespace Bascule.Core.Identity.Tokens;

/// <summary>The keys of an issuer's JSON Web Key Set (RFC 7517) that may be trusted, and why the others may not (THREATS T33).</summary>
public sealed class TokenKeySet
{
    /// <summary>Issuers publish two or three, large clouds a dozen.</summary>
    public const int MaxKeys = 64;

    private readonly IReadOnlyList<TokenKey> _keys;

    private TokenKeySet(IReadOnlyList<TokenKey> keys, IReadOnlyList<string> skipped) =>
        (_keys, Skipped) = (keys, skipped);

    public int Count => _keys.Count;

    /// <summary>One sentence for each key, or crowd of keys, that is not used; for the operator's log.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>A key that cannot be used is skipped; Invalid when the whole cannot be read.</summary>
    public static Result<TokenKeySet> Read(ReadOnlyMemory<byte> json)
    {
        var parsed = StrictJson.Parse(json);
        if (parsed.Failed(out var problem))
            return Problem.Invalid($"the key set is refused: {problem.Message}");
        if (
            parsed.Value.ValueKind != JsonValueKind.Object
            || !parsed.Value.TryGetProperty("keys", out var listed)
            || listed.ValueKind != JsonValueKind.Array
        )
            return Problem.Invalid("the key set has no list of keys");
        List<string> skipped = [];
        if (listed.GetArrayLength() > MaxKeys)
            skipped.Add($"it lists {listed.GetArrayLength()} keys, and only the first {MaxKeys} are looked at");
        List<TokenKey> read = [];
        foreach (var item in listed.EnumerateArray().Take(MaxKeys))
            if (PublicKeyReader.Read(item) is var key && key.Failed(out var why))
                skipped.Add(why.Message);
            else
                read.Add(key.Value);
        return new TokenKeySet(WithoutRivals(read, skipped), skipped);
    }

    /// <summary>Whether a key has this name, be it of another kind.</summary>
    public bool Has(string keyId) => _keys.Any(key => key.Id == keyId);

    /// <param name="keyId">Null finds the only key that fits, and nothing when there are several.</param>
    public TokenKey? Find(string? keyId, TokenAlgorithm algorithm)
    {
        var fitting = _keys.Where(key => key.Fits(algorithm) && (keyId is null || key.Id == keyId)).Take(2).ToList();
        return fitting.Count == 1 ? fitting[0] : null;
    }

    /// <summary>Different keys of one name: nobody can tell which is meant, so none is. The same key twice is one.</summary>
    private static List<TokenKey> WithoutRivals(List<TokenKey> keys, List<string> skipped)
    {
        List<TokenKey> kept = [];
        foreach (var group in keys.GroupBy(key => key.Id))
        {
            var different = group.Aggregate(
                new List<TokenKey>(),
                (seen, key) =>
                {
                    if (!seen.Exists(key.IsSameAs))
                        seen.Add(key);
                    return seen;
                }
            );
            if (different.Count > 1 && group.Key is { } name)
                skipped.Add(
                    $"{different.Count} different keys are named {TokenProblem.Quote(name)}: none of them is used"
                );
            else
                kept.AddRange(different);
        }
        return kept;
    }
}
