using System.Globalization;
using Bascule.Connectors.Platforms.Airflow.Gate.Discovery;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>What can be said of the files without looking for DAGs in them: sizes, links, archives.</summary>
/// <param name="policy">Of the environment.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class TreeRules(DagPolicy policy, Findings findings)
{
    /// <summary>The Python files that Airflow can find, each with its bytes; a link to a file is a file of its own, as Airflow sees it.</summary>
    public IReadOnlyList<DagFile> Judge(IReadOnlyList<DagFile> files)
    {
        var links = new DagLinks(files);
        List<DagFile> sources = [];
        foreach (var file in files)
        {
            if (file.Kind is TreeEntryKind.Submodule)
                findings.Error(
                    file.Path,
                    1,
                    DagRule.Submodule,
                    "is a submodule: its files are in another repository, and nobody checks them here; keep the files themselves"
                );
            else if (file.Kind is TreeEntryKind.Symlink)
                sources.AddRange(JudgeLink(file, links));
            else if (IsReadable(file) && file.IsPython)
                sources.Add(file);
        }
        return sources;
    }

    private bool IsReadable(DagFile file)
    {
        if (OpaqueFiles.WhatIs(file) is { } what)
        {
            findings.Take(
                policy.Opaque,
                file.Path,
                1,
                DagRule.Opaque,
                $"is {what}: Airflow runs what is in it, and nobody can read it here; keep its source files instead"
            );
            return false;
        }
        if (file.Bytes is not null)
            return true;
        findings.Error(
            file.Path,
            1,
            DagRule.Size,
            file.Size > policy.MaxFileBytes
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"has {file.Size} bytes, and the policy takes {policy.MaxFileBytes}; keep data out of the folder"
                )
                : "was not read: all files of the folder together are too large; keep data out of the folder"
        );
        return false;
    }

    private IEnumerable<DagFile> JudgeLink(DagFile link, DagLinks links)
    {
        var (end, file) = links.Follow(link);
        if (end is LinkEnd.File)
            return link.IsPython && file!.Bytes is not null && OpaqueFiles.WhatIs(file) is null
                ? [link with { Bytes = file.Bytes, Size = file.Size }]
                : [];
        var target = DagLinks.TargetOf(link) is { } text ? Findings.Quote(text) : "something that is no text";
        if (end is LinkEnd.Missing)
            findings.Warn(link.Path, 1, DagRule.Link, $"is a link to {target}, which is not there; remove it");
        else
            findings.Error(
                link.Path,
                1,
                DagRule.Link,
                $"is a link to {target}, {WhyNot(end)}; keep the files themselves"
            );
        return [];
    }

    private static string WhyNot(LinkEnd end) =>
        end switch
        {
            LinkEnd.Folder => "a folder, whose files Airflow would find a second time",
            LinkEnd.Endless => "which never ends",
            _ => "outside of what is checked here",
        };
}
