using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.People;
using Microsoft.AspNetCore.Mvc;

namespace Bascule.Server.Console;

/// <summary>What the form asks: may this person do this, there.</summary>
public sealed record ExplainQuestion(
    [FromQuery(Name = "as")] string? Who,
    string? Act,
    string? Environment,
    string? Repository,
    string? Run
)
{
    public bool IsAsked => !string.IsNullOrWhiteSpace(Who);
}

/// <param name="People">To choose from.</param>
/// <param name="Answer">Null before anything was asked.</param>
public sealed record ExplainView(
    ExplainQuestion Question,
    IReadOnlyList<Person> People,
    Result<ExplanationRecord>? Answer
);

/// <summary>Answers the form as <c>/api/v1/policy/explain</c> does.</summary>
internal sealed class ExplainReader(IPeopleStore people, PolicyExplanation explanation, RunExplanation ofRun)
{
    private const int MostPeople = 500;

    public async Task<ExplainView> ReadAsync(ExplainQuestion question, CancellationToken cancellationToken)
    {
        var known = await people.ListAsync(MostPeople, cancellationToken);
        if (!question.IsAsked)
            return new ExplainView(question, known, Answer: null);
        var (who, act) = (question.Who!.Trim(), question.Act ?? "");
        var answer = string.IsNullOrWhiteSpace(question.Run)
            ? await explanation.ExplainAsync(
                who,
                act,
                question.Environment?.Trim(),
                question.Repository?.Trim(),
                cancellationToken
            )
            : await ofRun.ExplainAsync(who, act, question.Run.Trim(), cancellationToken);
        return new ExplainView(question, known, answer);
    }
}
