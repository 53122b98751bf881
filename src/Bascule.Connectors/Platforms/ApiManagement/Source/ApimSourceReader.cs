using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>
/// Reads the folders that Microsoft's APIOps tools write and many keep by hand. Strictly: a file that is not known is named and never passed over, since what is passed over
/// is taken for deployed. Never throws for what a repository holds.
/// </summary>
public static class ApimSourceReader
{
    /// <param name="tree">Of the whole repository.</param>
    /// <param name="folder">Where the files are in it.</param>
    /// <returns>What is wrong are findings. A folder that holds no resource is an error too: nothing would be left of the service.</returns>
    public static async Task<ApimSource> ReadAsync(
        IContentTree tree,
        ApimFolder folder,
        CancellationToken cancellationToken
    )
    {
        var findings = new ApimFindings();
        var files = await new SourceFiles(tree, folder, findings).ReadAsync(cancellationToken);
        var resources = new SourceResources(folder, findings);
        foreach (var file in files)
            resources.Add(file);
        var wanted = resources.Build();
        var overrides = new Overrides(wanted, findings);
        var applied = overrides.Apply([.. files.Where(file => file.Place.Purpose is FilePurpose.Overrides)], folder);
        MemberSpelling.Judge(wanted.Values, findings);
        if (wanted.Count == 0 && findings.Sorted().Count == 0)
            findings.Error(
                folder.Path,
                1,
                ApimRule.Layout,
                "holds no file of an API Management service; name the folder that does"
            );
        return new ApimSource
        {
            Resources = [.. wanted.Values.OrderBy(resource => resource.Address.Path, StringComparer.Ordinal)],
            Findings = findings.Sorted(),
            Files = files.Count,
            Overrides = applied,
            ServiceName = overrides.ServiceName,
            Texts = files.ToDictionary(file => file.Path, file => file.Text),
        };
    }
}
