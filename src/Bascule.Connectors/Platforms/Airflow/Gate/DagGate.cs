using System.Globalization;
using Bascule.Connectors.Platforms.Airflow.Gate.Discovery;
using Bascule.Connectors.Platforms.Airflow.Gate.Reading;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>
/// Looks at DAG files before anything that a scheduler follows moves. None of them is ever run or imported: Python's parser reads them in a process of its own
/// (THREATS T131). What could not be read is an error, never fine.
/// </summary>
/// <param name="python">The interpreter: a name looked up in PATH, or an absolute path. 3.10 or newer.</param>
/// <param name="limits">What reading may cost.</param>
public sealed class DagGate(string python, PythonLimits limits)
{
    /// <summary>Whether files are imported too, in a sandbox, and what that may cost; null for not.</summary>
    public ImportLimits? Imports { get; init; }

    /// <param name="tree">All that is below the folder, changed or not: ids must differ from those of files that did not change, too.</param>
    /// <param name="policy">Of the environment.</param>
    /// <param name="held">DAGs of the other repositories of the environment.</param>
    /// <returns>NotFound: there is no Python; Unavailable: it does not start; Internal: it answered nonsense. What is wrong with files are findings.</returns>
    public async Task<Result<DagReport>> CheckAsync(
        DagTree tree,
        DagPolicy policy,
        IReadOnlyList<HeldDag> held,
        CancellationToken cancellationToken
    )
    {
        var findings = new Findings(tree);
        if (tree.Files.Count > policy.MaxFiles)
        {
            findings.ErrorOfFolder(
                DagRule.Size,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"holds more files than the {policy.MaxFiles} that the policy takes, and nothing in it was checked; keep data out of the folder"
                )
            );
            return findings.Report(tree.Files.Count, [], null);
        }
        var sources = new TreeRules(policy, findings).Judge(tree.Files);
        var ignore = AirflowIgnore.Read(
            tree.Files,
            policy.IgnoreSyntax,
            (file, line, text) => findings.Warn(file.Path, line, DagRule.Ignore, text)
        );
        var read = await new PythonReading(python, limits).ReadAsync(
            [.. sources.Select(file => file.Bytes!.Value)],
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem;
        var rules = new FileRules(policy, findings);
        var dags = JudgeFiles(sources, read.Value, ignore, rules);
        new DuplicateIds(tree, held, findings).Judge(dags);
        if (read.Value.WhyShort is { } why)
            findings.ErrorOfFolder(DagRule.Size, WhatIsUnread(tree, sources, read.Value.Files.Count, why));
        if (
            Imports is not null
            && (await ImportAsync(tree, sources, read.Value, ignore, rules, findings, cancellationToken)).Failed(
                out problem
            )
        )
            return problem;
        return findings.Report(
            tree.Files.Count,
            [.. dags.Select(dag => dag with { Path = tree.PlaceOf(dag.Path) })],
            read.Value.Version
        );
    }

    /// <summary>Those that Airflow looks at and that parse; whatever else can be read stands beside them, for them to import.</summary>
    private async Task<Result<Done>> ImportAsync(
        DagTree tree,
        IReadOnlyList<DagFile> sources,
        PythonAnswers answers,
        AirflowIgnore ignore,
        FileRules rules,
        Findings findings,
        CancellationToken cancellationToken
    )
    {
        List<DagFile> wanted =
        [
            .. sources
                .Zip(answers.Files)
                .Where(one => one.Second.Fault is null && !ignore.PassesOver(one.First.Path))
                .Select(one => one.First)
                .Where(file => FileRules.IsDiscovered(file.Bytes!.Value.Span)),
        ];
        List<DagFile> beside =
        [
            .. tree.Files.Where(file =>
                file.Kind is TreeEntryKind.File or TreeEntryKind.Executable && file.Bytes is not null
            ),
        ];
        var ran = await new ImportCheck(python, Imports!).RunAsync(
            [.. beside.Except(wanted), .. wanted],
            wanted,
            cancellationToken
        );
        if (ran.Failed(out var problem))
            return problem;
        foreach (var (file, answer) in wanted.Zip(ran.Value.Files))
            rules.Judge(file, answer, isPassedOver: false);
        if (ran.Value.WhyShort is { } why)
            findings.ErrorOfFolder(DagRule.Failed, WhatIsUnread(tree, wanted, ran.Value.Files.Count, why));
        return Result.Done;
    }

    private static List<DagSighting> JudgeFiles(
        IReadOnlyList<DagFile> sources,
        PythonAnswers answers,
        AirflowIgnore ignore,
        FileRules rules
    )
    {
        List<DagSighting> dags = [];
        foreach (var (file, answer) in sources.Zip(answers.Files))
        {
            var isPassedOver = ignore.PassesOver(file.Path);
            rules.Judge(file, answer, isPassedOver);
            if (!isPassedOver)
                dags.AddRange(
                    answer
                        .Dags.Where(dag => dag.Id is not null)
                        .Select(dag => new DagSighting(dag.Id!, file.Path, dag.Line, dag.Tasks, dag.Mapped))
                );
        }
        return dags;
    }

    private static string WhatIsUnread(DagTree tree, IReadOnlyList<DagFile> sources, int read, string why) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"was not read to its end: {why}. {sources.Count - read} of {sources.Count} Python files were not checked, the first of them {(read < sources.Count ? Findings.Quote(tree.PlaceOf(sources[read].Path)) : "none")}"
        );
}
