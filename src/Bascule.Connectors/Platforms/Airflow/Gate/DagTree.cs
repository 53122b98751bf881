using Bascule.Connectors.Platforms.Airflow.Gate.Discovery;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>Everything below the folder that Airflow follows, as it is to become.</summary>
/// <param name="Folder">That folder's path in the repository, for findings; empty for all of it.</param>
/// <param name="Files">Whatever their kind; each path once.</param>
public sealed record DagTree(string Folder, IReadOnlyList<DagFile> Files)
{
    /// <summary>Paths below <see cref="Folder"/> that are new, gone, or other than before: only what concerns them is found. Null: everything.</summary>
    public IReadOnlySet<string>? Changed { get; init; }

    /// <summary>Another <c>.airflowignore</c> changes what Airflow reads of everything below it.</summary>
    internal bool IsChanged(string path)
    {
        if (Changed is null || Changed.Contains(path))
            return true;
        for (var folder = path; folder.Length > 0; )
        {
            folder = DagFile.FolderOf(folder);
            if (Changed.Contains(folder.Length == 0 ? AirflowIgnore.FileName : $"{folder}/{AirflowIgnore.FileName}"))
                return true;
        }
        return false;
    }

    /// <summary>The path in the repository of a file below the folder.</summary>
    public string PlaceOf(string path) =>
        Folder.Length == 0 ? path
        : path.Length == 0 ? Folder
        : $"{Folder}/{path}";
}
