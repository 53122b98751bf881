using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Core.Deliveries;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;

namespace Bascule.Core.Api;

/// <summary>How the API writes its records: snake_case names and words, ids as strings, times in UTC.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [
        typeof(UtcTime),
        typeof(SnakeCaseWord<RunState>),
        typeof(SnakeCaseWord<MetricGoal>),
        typeof(SnakeCaseWord<MetricVerdict>),
        typeof(SnakeCaseWord<ReproductionOutcome>),
        typeof(SnakeCaseWord<DeliveryStanding>),
        typeof(SnakeCaseWord<ProblemCode>),
        typeof(SnakeCaseWord<FindingKind>),
        typeof(SnakeCaseWord<LineageKind>),
        typeof(SnakeCaseWord<LineageAssurance>),
        typeof(SnakeCaseWord<DriftState>),
        typeof(SnakeCaseWord<DifferenceKind>),
    ]
)]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(AwaitingList))]
[JsonSerializable(typeof(RunApprovals))]
[JsonSerializable(typeof(ApprovalAct))]
[JsonSerializable(typeof(DeliveryList))]
[JsonSerializable(typeof(QuarantinedList))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(SnapshotRecord))]
[JsonSerializable(typeof(ResumedRecord))]
[JsonSerializable(typeof(EventDetail))]
[JsonSerializable(typeof(ReplayedRecord))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(ForgeList))]
[JsonSerializable(typeof(DeploymentList))]
[JsonSerializable(typeof(DeploymentRecord))]
[JsonSerializable(typeof(PromotionList))]
[JsonSerializable(typeof(MadeVersionList))]
[JsonSerializable(typeof(EnvironmentList))]
[JsonSerializable(typeof(DriftList))]
[JsonSerializable(typeof(SignInProviderList))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(FirstAdminRecord))]
[JsonSerializable(typeof(PersonList))]
[JsonSerializable(typeof(ExplanationRecord))]
[JsonSerializable(typeof(RetiredRecord))]
[JsonSerializable(typeof(ErasedRecord))]
[JsonSerializable(typeof(LegalHoldRecord))]
[JsonSerializable(typeof(GitTokenList))]
[JsonSerializable(typeof(GitTokenRecord))]
[JsonSerializable(typeof(CollectorList))]
[JsonSerializable(typeof(CredentialList))]
[JsonSerializable(typeof(CredentialRecord))]
[JsonSerializable(typeof(SealAct))]
[JsonSerializable(typeof(AttestationList))]
[JsonSerializable(typeof(ProvenanceKeyList))]
[JsonSerializable(typeof(ProvenanceKeyRecord))]
[JsonSerializable(typeof(VerifiedList))]
[JsonSerializable(typeof(GitForgeList))]
[JsonSerializable(typeof(IssuerList))]
[JsonSerializable(typeof(IssuerRecord))]
[JsonSerializable(typeof(AccountRecord))]
[JsonSerializable(typeof(LinkCodeRecord))]
[JsonSerializable(typeof(LinkedAccountRecord))]
[JsonSerializable(typeof(AccountKeyList))]
[JsonSerializable(typeof(KeyAct))]
[JsonSerializable(typeof(AuditEntryList))]
[JsonSerializable(typeof(TraceRecord))]
public sealed partial class ApiJson : JsonSerializerContext;

/// <summary>RFC 3339 with milliseconds, always in UTC.</summary>
public sealed class UtcTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(
            value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        );
}

/// <summary>Enumerations as their words; numbers are not accepted.</summary>
public sealed class SnakeCaseWord<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
