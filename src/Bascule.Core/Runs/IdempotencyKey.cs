using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;

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

/// <summary>
/// What made a run come about: <c>ref:&lt;name&gt;:&lt;generation&gt;</c>, <c>schedule:&lt;planned UTC time&gt;</c>, <c>rollback:&lt;generation&gt;</c>,
/// <c>reproduction:&lt;run&gt;</c>, or of a model <c>promotion:&lt;alias&gt;:&lt;model&gt;@&lt;version&gt;:&lt;generation&gt;</c> and <c>demotion:…</c>.
/// </summary>
public readonly record struct Trigger(string Text)
{
    private const string RefKind = "ref:";
    private const string ScheduleKind = "schedule:";
    private const string RollbackKind = "rollback:";
    private const string ReproductionKind = "reproduction:";
    private const string PromotionKind = "promotion:";
    private const string DemotionKind = "demotion:";

    /// <summary>Whether a ref that moved is what made it come about.</summary>
    public bool IsRef => Text.StartsWith(RefKind, StringComparison.Ordinal);

    public bool IsSchedule => Text.StartsWith(ScheduleKind, StringComparison.Ordinal);

    public static Trigger Ref(RefName name, long generation) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{RefKind}{name}:{generation}"));

    /// <param name="planned">When it was due, not when it came about.</param>
    public static Trigger Schedule(DateTimeOffset planned) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{ScheduleKind}{planned.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));

    /// <param name="generation">Of the deploy ref: the move that went back.</param>
    public static Trigger Rollback(long generation) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{RollbackKind}{generation}"));

    /// <param name="original">What is done over.</param>
    public static Trigger Reproduction(RunId original) => new($"{ReproductionKind}{original}");

    /// <param name="goesBack">Whether a rollback is what asks for it: then it is another run than one that promotes the same version.</param>
    public static Trigger Promotion(PromotionOrder order, bool goesBack) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(goesBack ? DemotionKind : PromotionKind)}{order.Alias}:{order.Model}@{order.Version}:{order.Generation}"
            )
        );

    /// <summary>The move that went back; null when it is no rollback.</summary>
    public long? RollbackGeneration => GenerationAfter(RollbackKind);

    /// <summary>Whether it came after the other one: a later generation of the same ref, or a later planned time. Different kinds do not compare.</summary>
    public bool IsNewerThan(Trigger other) =>
        IsSchedule && other.IsSchedule
            ? string.CompareOrdinal(Text, other.Text) > 0
            : Generation is { } own
                && other.Generation is { } others
                && RefOf(Text) == RefOf(other.Text)
                && own > others;

    private long? Generation => GenerationAfter(RefKind);

    private long? GenerationAfter(string kind) =>
        Text.StartsWith(kind, StringComparison.Ordinal)
        && long.TryParse(
            Text.AsSpan(Text.LastIndexOf(':') + 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var generation
        )
            ? generation
            : null;

    private static string RefOf(string text) => text[..text.LastIndexOf(':')];

    public override string ToString() => Text;
}
