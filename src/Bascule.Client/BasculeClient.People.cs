using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>Who has signed in.</summary>
    public Task<Result<PersonList>> ListPeopleAsync(CancellationToken cancellationToken) =>
        GetAsync("people", ApiJson.Default.PersonList, cancellationToken);

    /// <summary>The issuers that the settings ever named, oldest first.</summary>
    public Task<Result<IssuerList>> ListIssuersAsync(CancellationToken cancellationToken) =>
        GetAsync("issuers", ApiJson.Default.IssuerList, cancellationToken);

    /// <summary>Lets a new issuer count. Denied for the local token while somebody can sign in; Conflict when it is confirmed already.</summary>
    public Task<Result<IssuerRecord>> ConfirmIssuerAsync(string issuer, CancellationToken cancellationToken) =>
        PostAsync(
            $"issuers/confirm?issuer={Uri.EscapeDataString(issuer)}",
            ApiJson.Default.IssuerRecord,
            cancellationToken
        );

    /// <summary>What the roles decide, and why.</summary>
    /// <param name="who">A person's uid, ISSUER#SUBJECT, or claims as JSON.</param>
    /// <param name="repository">FORGE:OWNER/NAME; null for none in particular.</param>
    public Task<Result<ExplanationRecord>> ExplainAsync(
        string who,
        string act,
        string? environment,
        string? repository,
        CancellationToken cancellationToken
    ) =>
        GetAsync(
            $"policy/explain?as={Uri.EscapeDataString(who)}&act={Uri.EscapeDataString(act)}"
                + $"&environment={Uri.EscapeDataString(environment ?? "")}&repository={Uri.EscapeDataString(repository ?? "")}",
            ApiJson.Default.ExplanationRecord,
            cancellationToken
        );

    /// <summary>Whether somebody may do something to a run; for an approval with every rule about who may give it.</summary>
    /// <param name="act">Null for <c>approve_run</c>.</param>
    public Task<Result<ExplanationRecord>> ExplainRunAsync(
        string who,
        string? act,
        string run,
        CancellationToken cancellationToken
    ) =>
        GetAsync(
            $"policy/explain?as={Uri.EscapeDataString(who)}&act={Uri.EscapeDataString(act ?? "")}&run={Uri.EscapeDataString(run)}",
            ApiJson.Default.ExplanationRecord,
            cancellationToken
        );

    /// <summary>Lets nothing in any more for somebody.</summary>
    /// <param name="subject">A person's uid, or ISSUER#SUBJECT.</param>
    public Task<Result<RetiredRecord>> RetireAsync(string subject, CancellationToken cancellationToken) =>
        PostAsync($"retire?subject={Uri.EscapeDataString(subject)}", ApiJson.Default.RetiredRecord, cancellationToken);

    /// <summary>Keeps what is known of somebody. Conflict when there is a legal hold already.</summary>
    public Task<Result<LegalHoldRecord>> PlaceLegalHoldAsync(
        string person,
        string because,
        CancellationToken cancellationToken
    ) => PostAsync(PeoplePath("legal-hold", person, because), ApiJson.Default.LegalHoldRecord, cancellationToken);

    /// <summary>Ends a legal hold. NotFound when there is none.</summary>
    public Task<Result<LegalHoldRecord>> ReleaseLegalHoldAsync(
        string person,
        string because,
        CancellationToken cancellationToken
    ) => PostAsync(PeoplePath("release", person, because), ApiJson.Default.LegalHoldRecord, cancellationToken);

    /// <summary>Takes away what is known of somebody. Conflict while they are not retired, or while there is a legal hold.</summary>
    public Task<Result<ErasedRecord>> ErasePersonAsync(
        string person,
        string because,
        CancellationToken cancellationToken
    ) => PostAsync(PeoplePath("erase", person, because), ApiJson.Default.ErasedRecord, cancellationToken);

    private static string PeoplePath(string act, string person, string because) =>
        $"people/{act}?person={Uri.EscapeDataString(person)}&because={Uri.EscapeDataString(because)}";
}
