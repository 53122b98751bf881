using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Personal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.People;

/// <summary>Who is known here, what roles decide, and an end to somebody's access.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder api)
    {
        api.MapGet("/people", ListAsync).Asks(Act.ReadPeople);
        api.MapGet("/policy/explain", ExplainAsync).Asks(Act.ReadPeople);
        api.MapPost("/retire", RetireAsync).Asks(Act.RetireSubject);
        api.MapPersonal();
    }

    private static async Task<IResult> ListAsync(PeopleReader reader, CancellationToken cancellationToken) =>
        TypedResults.Json(await reader.ListAsync(cancellationToken), ApiJson.Default.PersonList);

    private static async Task<IResult> ExplainAsync(
        [FromQuery(Name = "as")] string? who,
        string? act,
        string? environment,
        string? repository,
        string? run,
        PolicyExplanation explanation,
        RunExplanation ofRun,
        CancellationToken cancellationToken
    )
    {
        var explained = string.IsNullOrEmpty(run)
            ? await explanation.ExplainAsync(who ?? "", act ?? "", environment, repository, cancellationToken)
            : await ofRun.ExplainAsync(who ?? "", act ?? "", run, cancellationToken);
        return explained.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(explained.Value, ApiJson.Default.ExplanationRecord);
    }

    private static async Task<IResult> RetireAsync(
        string? subject,
        Retirement retirement,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(subject))
            return new ProblemAnswer(Problem.Invalid("say who: subject=UID, or subject=ISSUER#SUBJECT"));
        var retired = await retirement.RetireAsync(subject, context.Actor().AuditName, cancellationToken);
        return retired.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(retired.Value, ApiJson.Default.RetiredRecord);
    }
}
