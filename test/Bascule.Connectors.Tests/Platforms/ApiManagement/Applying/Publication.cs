using Bascule.Connectors.Platforms.ApiManagement.Applying;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Applying;

/// <summary>One deployment with the journal that a run would have.</summary>
internal sealed class Publication(ApimStage stage)
{
    private const string Owner = "0123456789abcdef";

    /// <summary>As it was written down last.</summary>
    public string? Journal { get; private set; }

    /// <summary>Set to see what happens when the journal cannot be written.</summary>
    public Problem? Unwritten { get; set; }

    public ApplyJournal Written => ApplyJournal.Read(Journal).Value;

    /// <summary>Compares, and writes down what is to be done.</summary>
    public async Task<IReadOnlyList<ApplyStep>> PrepareAsync(
        IReadOnlyList<ApimResource> wanted,
        IReadOnlyList<ApimAddress> deployed
    )
    {
        var (changes, live) = await stage.CompareAsync(wanted, deployed);
        var steps = new ApplySteps(
            changes.Value,
            live,
            document => RevisionMark.Of(Owner, new string('c', 40), document)
        ).InOrder();
        Journal = new ApplyJournal(Owner, steps).ToText();
        return steps;
    }

    /// <summary>Goes on, as often as it is asked to come back, each time as a new process that has the journal alone.</summary>
    public async Task<ApplyJournal> RunAsync(int mostLooks = 20)
    {
        for (var look = 0; look < mostLooks; look++)
        {
            var gone = await LookAsync();
            if (gone.Problem is null && gone.Value.IsEnded)
                return gone.Value;
            if (gone.Problem is { IsTransient: false } final)
                throw new InvalidOperationException(final.Message);
        }
        throw new InvalidOperationException("it does not end");
    }

    public async Task<Result<ApplyJournal>> LookAsync()
    {
        using var client = stage.Open();
        return await new ApplyRunner(client, stage.Time, SaveAsync).GoOnAsync(
            stage.Session,
            Written,
            TimeSpan.FromHours(1),
            default
        );
    }

    public void Undo(string because) => Journal = Written.Undo(because).ToText();

    private Task<Result<Done>> SaveAsync(ApplyJournal journal, CancellationToken cancellationToken)
    {
        if (Unwritten is { } problem)
            return Task.FromResult<Result<Done>>(problem);
        Journal = journal.ToText();
        return Task.FromResult(Result.Done);
    }
}
