using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source.Specifications;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>Makes resources of files: names are checked, what is one resource comes together, and nothing stands for two.</summary>
internal sealed class SourceResources(ApimFolder folder, ApimFindings findings)
{
    /// <summary>As the service takes a policy that is written without escapes of its own.</summary>
    private const string PolicyFormat = "rawxml";

    private readonly Dictionary<ApimAddress, ApimResource> _resources = [];
    private readonly Dictionary<ApimAddress, ApiSpecification> _specifications = [];
    private readonly Dictionary<ApimAddress, SourceFile> _fragments = [];
    private readonly Dictionary<string, string> _spellings = new(StringComparer.OrdinalIgnoreCase);

    public void Add(SourceFile file)
    {
        if (file.Place.Kind is not { } kind || !IsSpeltAsBefore(file))
            return;
        if (file.Place.Purpose is FilePurpose.ApiList)
            AddList(file);
        else if (AddressOf(file, kind, file.Place.Names) is { } address)
            Add(file, address);
    }

    /// <summary>Everything that is whole; what lacks its main file is named.</summary>
    public Dictionary<ApimAddress, ApimResource> Build()
    {
        foreach (var (address, specification) in _specifications)
            if (Find(address, specification.File, "apiInformation.json") is { } api)
                _resources[address] = api with { Specification = specification };
        foreach (var (address, file) in _fragments)
            if (Find(address, file.Path, "policyFragmentInformation.json") is { } fragment)
                _resources[address] = fragment with { Properties = WithText(fragment.Properties, file.Text) };
        foreach (var resource in _resources.Values.ToList())
            JudgeWhole(resource);
        return _resources;
    }

    private void Add(SourceFile file, ApimAddress address)
    {
        switch (file.Place.Purpose)
        {
            case FilePurpose.Information when InformationFile.Read(file, findings) is { } properties:
                Add(new ApimResource(address, properties, file.Path));
                break;
            case FilePurpose.Policy when address.Kind == ApimKind.PolicyFragment:
                _fragments[address] = file;
                break;
            case FilePurpose.Policy:
                Add(new ApimResource(address, WithText([], file.Text), file.Path));
                break;
            case FilePurpose.Specification when _specifications.TryGetValue(address, out var other):
                findings.Error(
                    file.Path,
                    1,
                    ApimRule.Duplicate,
                    $"is a second specification beside {ApimFindings.Quote(other.File)}; keep one of them"
                );
                break;
            case FilePurpose.Specification:
                if (SpecificationReader.Read(file, folder.Limits, findings) is { } specification)
                    _specifications[address] = specification;
                break;
        }
    }

    private void AddList(SourceFile file)
    {
        foreach (var name in InformationFile.ReadList(file, findings) ?? [])
            if (AddressOf(file, ApimKind.ProductApi, [file.Place.Names[0], name]) is { } address)
                Add(new ApimResource(address, [], file.Path));
    }

    private void Add(ApimResource resource)
    {
        if (_resources.TryAdd(resource.Address, resource))
            return;
        findings.Error(
            resource.File,
            1,
            ApimRule.Duplicate,
            $"describes {ApimFindings.Quote(resource.Address.Path)}, as {ApimFindings.Quote(_resources[resource.Address].File)} does; keep one of them"
        );
    }

    /// <summary>The service takes names that differ in case for one; two folders that do would each be written over the other.</summary>
    private bool IsSpeltAsBefore(SourceFile file)
    {
        var path = file.Path.Split('/')[..^1];
        for (var length = 1; length <= path.Length; length++)
        {
            var here = string.Join('/', path[..length]);
            if (_spellings.TryAdd(here, here) || _spellings[here] == here)
                continue;
            findings.Error(
                file.Path,
                1,
                ApimRule.Duplicate,
                $"lies in {ApimFindings.Quote(here)}, which is {ApimFindings.Quote(_spellings[here])} to the service; use one spelling"
            );
            return false;
        }
        return true;
    }

    private ApimAddress? AddressOf(SourceFile file, ApimKind kind, IReadOnlyList<string> names)
    {
        List<ApimKind> kinds = [];
        for (var one = kind; one is not null; one = one.Parent)
            kinds.Insert(0, one);
        ApimAddress? address = null;
        for (var level = 0; level < kinds.Count; level++)
        {
            var name = kinds[level].IsPolicy ? ApimAddress.PolicyName : names[level];
            if (FaultOf(kinds[level], name) is { } fault)
            {
                findings.Error(
                    file.Path,
                    1,
                    ApimRule.Name,
                    $"is of a {kinds[level]} whose name {ApimFindings.Quote(name)} {fault}"
                );
                return null;
            }
            address = address is null ? ApimAddress.Of(kinds[level], name) : address.Below(kinds[level], name);
        }
        return address;
    }

    private static string? FaultOf(ApimKind kind, string name)
    {
        if (kind != ApimKind.Api)
            return ResourceNames.FaultOf(kind, name);
        return ResourceNames.SplitRevision(name) is { } split
            ? ResourceNames.FaultOf(kind, split.Name)
            : "has a revision that is no number; write name;rev=2";
    }

    private ApimResource? Find(ApimAddress address, string file, string missing)
    {
        if (_resources.TryGetValue(address, out var found))
            return found;
        findings.Error(file, 1, ApimRule.Layout, $"has no {missing} beside it; without, it belongs to nothing");
        return null;
    }

    private void JudgeWhole(ApimResource resource)
    {
        for (var above = resource.Address.Parent; above is not null; above = above.Parent)
            if (above.Kind != ApimKind.Operation && !_resources.ContainsKey(above))
                findings.Error(
                    resource.File,
                    1,
                    ApimRule.Layout,
                    $"is of the {above.Kind} {ApimFindings.Quote(above.Name)}, which has no file of its own here; add it"
                );
        if (resource.Address.Kind == ApimKind.Api && SentTexts.FirstIn(ApimKind.Api, resource.Properties) is { } member)
            findings.Error(
                resource.File,
                1,
                ApimRule.ExternalReference,
                $"has the member '{member}', which imports another document than the one that is checked; keep the document as specification.yaml or .json beside it"
            );
        if (resource.Address.Kind == ApimKind.PolicyFragment && !_fragments.ContainsKey(resource.Address))
            findings.Error(
                resource.File,
                1,
                ApimRule.Layout,
                "has no policy.xml beside it; a fragment is nothing without"
            );
        if (resource.Address.Kind == ApimKind.Api)
            JudgeRevision(resource);
    }

    private void JudgeRevision(ApimResource api)
    {
        var (name, revision) = ResourceNames.SplitRevision(api.Address.Name)!.Value;
        var written = api.Properties["apiRevision"]?.ToString();
        if (revision is null)
        {
            if (written is not null && _resources.ContainsKey(ApimAddress.Of(ApimKind.Api, $"{name};rev={written}")))
                findings.Error(
                    api.File,
                    1,
                    ApimRule.Duplicate,
                    $"says that it is revision {written}, and 'apis/{name};rev={written}' is that too; remove one of them"
                );
        }
        else if (!_resources.ContainsKey(ApimAddress.Of(ApimKind.Api, name)))
            findings.Error(
                api.File,
                1,
                ApimRule.Layout,
                $"is a revision of 'apis/{name}', which is not here; add the current revision there"
            );
        else if (written is not null && written != $"{revision}")
            findings.Error(
                api.File,
                1,
                ApimRule.Json,
                $"says that it is revision {ApimFindings.Quote(written)}, and its folder says {revision}; correct one of them"
            );
    }

    private static JsonObject WithText(JsonObject properties, string text)
    {
        var all = (JsonObject)properties.DeepClone();
        all["format"] = PolicyFormat;
        all["value"] = text;
        return all;
    }
}
