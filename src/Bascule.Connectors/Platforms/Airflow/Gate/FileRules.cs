using System.Globalization;
using System.Text;
using Bascule.Connectors.Platforms.Airflow.Gate.Reading;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>What the policy says about one Python file, by what stands in it.</summary>
/// <param name="policy">Of the environment.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class FileRules(DagPolicy policy, Findings findings)
{
    /// <param name="file">As Airflow finds it.</param>
    /// <param name="answer">What stands in it.</param>
    /// <param name="isPassedOver">Whether Airflow looks for no DAG in it; others may import it.</param>
    public void Judge(DagFile file, FileAnswer answer, bool isPassedOver)
    {
        if (answer.Fault is { } fault)
            JudgeFault(file.Path, fault, isPassedOver);
        JudgeImports(file.Path, answer);
        if (isPassedOver)
            return;
        if (answer.Dags.Count > 0 && !IsDiscovered(file.Bytes!.Value.Span))
            findings.Warn(
                file.Path,
                answer.Dags[0].Line,
                DagRule.Discovery,
                "holds a DAG, and Airflow's safe mode passes over files without the words 'dag' and 'airflow'; write both, in a comment at least"
            );
        foreach (var dag in answer.Dags)
            JudgeDag(file.Path, dag);
    }

    /// <summary>Airflow's own rule, for files outside of archives.</summary>
    public static bool IsDiscovered(ReadOnlySpan<byte> source)
    {
        var text = Encoding.Latin1.GetString(source);
        return text.Contains("dag", StringComparison.OrdinalIgnoreCase)
            && text.Contains("airflow", StringComparison.OrdinalIgnoreCase);
    }

    private void JudgeFault(string path, FileFault fault, bool isPassedOver)
    {
        var (rule, text) = fault.Kind switch
        {
            FaultKind.Encoding when fault.Text.Length == 0 => (
                DagRule.Encoding,
                "is not valid UTF-8; save it as UTF-8"
            ),
            FaultKind.Encoding => (
                DagRule.Encoding,
                $"declares the encoding {Findings.Quote(fault.Text)}, in which it may mean something else than it shows; save it as UTF-8 and remove the declaration"
            ),
            FaultKind.Limit => (DagRule.Size, $"{fault.Text}; split it"),
            FaultKind.Failed => (DagRule.Failed, $"does not import: {fault.Text}"),
            _ => (DagRule.Syntax, $"is not valid Python: {fault.Text}"),
        };
        // What Airflow passes over runs only if another file imports it, and bad syntax cannot be imported. What could not be read might be.
        findings.Take(
            isPassedOver && rule is DagRule.Syntax ? DagStance.Warn : DagStance.Refuse,
            path,
            fault.Line,
            rule,
            text
        );
    }

    private void JudgeImports(string path, FileAnswer answer)
    {
        foreach (var forbidden in policy.ForbiddenImports)
            if (answer.Names.Where(name => IsBelow(name.Name, forbidden)).MinBy(name => name.Line) is { } found)
                findings.Error(
                    path,
                    found.Line,
                    DagRule.Import,
                    $"uses {Findings.Quote(found.Name)}, and the policy forbids '{forbidden}'; do without it"
                );
        if (policy.ForbiddenImports.Count == 0)
            return;
        foreach (var hidden in answer.HiddenImports)
            findings.Take(
                policy.DynamicImports,
                path,
                hidden.Line,
                DagRule.DynamicImport,
                $"calls {Findings.Quote(hidden.Name)} with something that shows at run time, so what it imports cannot be checked; write a plain import"
            );
    }

    private void JudgeDag(string path, DagAnswer dag)
    {
        if (dag.Id is null)
            findings.Take(
                policy.DynamicIds,
                path,
                dag.Line,
                DagRule.DynamicId,
                "has a DAG whose id is made at run time, so it cannot be checked whether another one has it; write the id as a text"
            );
        else if (!AirflowNames.IsDagId(dag.Id))
            findings.Error(
                path,
                dag.Line,
                DagRule.Id,
                $"has a DAG with the id {Findings.Quote(dag.Id)}; use at most 250 letters and digits of ASCII, '-', '_' and '.'"
            );
        if (policy.RequireSchedule)
            Require(path, dag, dag.Schedule, DagRule.Schedule, "schedule", "write one, or schedule=None");
        if (policy.RequireOwner)
            Require(
                path,
                dag,
                dag.Owner,
                DagRule.Owner,
                "owner",
                "write default_args={\"owner\": …}; 'airflow' is nobody"
            );
        JudgeTasks(path, dag);
    }

    private void JudgeTasks(string path, DagAnswer dag)
    {
        if (dag.Tasks > policy.MaxTasks)
            findings.Error(
                path,
                dag.Line,
                DagRule.Tasks,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"has the DAG {NameOf(dag)} with {dag.Tasks} tasks, and the policy takes {policy.MaxTasks}; split it, or map a task"
                )
            );
        if (dag.HasLoops)
            findings.Take(
                policy.DynamicTasks,
                path,
                dag.Line,
                DagRule.DynamicTasks,
                $"has the DAG {NameOf(dag)}, which makes tasks in a loop whose length shows at run time; loop over a list that is written out, or map a task"
            );
    }

    private void Require(string path, DagAnswer dag, bool? has, DagRule rule, string word, string remedy)
    {
        if (has == false)
            findings.Error(
                path,
                dag.Line,
                rule,
                $"has the DAG {NameOf(dag)} without {word}, and the policy asks for one; {remedy}"
            );
        else if (has is null)
            findings.Warn(path, dag.Line, rule, $"has the DAG {NameOf(dag)}, whose {word} shows at run time; {remedy}");
    }

    private static string NameOf(DagAnswer dag) => dag.Id is null ? "without a plain id" : Findings.Quote(dag.Id);

    private static bool IsBelow(string name, string above) =>
        name.StartsWith(above, StringComparison.Ordinal) && (name.Length == above.Length || name[above.Length] == '.');
}
