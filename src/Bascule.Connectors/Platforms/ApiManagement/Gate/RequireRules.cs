using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>
/// Whether required elements take effect: by the policy itself, by what its <c>base</c> brings from above, or by a fragment. What <c>choose</c> may pass over, what an attribute
/// has weakened, and what answers errors alone does not count.
/// </summary>
internal sealed class RequireRules(
    ApimSource source,
    IReadOnlyList<PolicyDocument> policies,
    RequiredElements required,
    ApimFindings findings
)
{
    private const string OnError = "on-error";

    private readonly Dictionary<ApimAddress, PolicyDocument> _byOwner = policies
        .Where(policy => policy.Level is not PolicyLevel.Fragment)
        .ToDictionary(policy => policy.Resource.Address);

    private readonly Dictionary<(ApimAddress Policy, string Section), HashSet<string>> _effective = [];

    private readonly EffectiveFragments _fragments = new(
        policies,
        [.. required.Service, .. required.Product, .. required.Api, .. required.Operation]
    );

    public void Judge()
    {
        var service = ApimAddress.Of(ApimKind.Policy, ApimAddress.PolicyName);
        Judge(service, required.Service, _byOwner.GetValueOrDefault(service)?.File ?? "", "requests to the service");
        foreach (var resource in source.Resources)
        {
            var address = resource.Address;
            if (address.Kind == ApimKind.Api)
                JudgeOwner(address, ApimKind.ApiPolicy, [.. required.Api, .. required.Operation], resource.File);
            else if (address.Kind == ApimKind.Product)
                JudgeOwner(address, ApimKind.ProductPolicy, required.Product, resource.File);
            else if (address.Kind == ApimKind.OperationPolicy)
                Judge(
                    address,
                    [.. required.Api, .. required.Operation],
                    resource.File,
                    $"the operation {ApimFindings.Quote(address.Parent!.Name)}"
                );
        }
    }

    private void JudgeOwner(ApimAddress owner, ApimKind kind, IReadOnlyList<string> names, string file)
    {
        var address = owner.Below(kind, ApimAddress.PolicyName);
        Judge(
            address,
            HasOwnOperations(owner) ? [.. names.Except(required.Operation.Except(required.Api))] : names,
            _byOwner.GetValueOrDefault(address)?.File ?? file,
            $"the {owner.Kind} {ApimFindings.Quote(owner.Name)}"
        );
    }

    /// <summary>Whether each operation has a policy of its own, which is then asked instead.</summary>
    private bool HasOwnOperations(ApimAddress owner) =>
        source.Resources.FirstOrDefault(one => one.Address.Equals(owner))?.Specification
            is { Operations: { Count: > 0 } operations }
        && operations.All(one =>
            _byOwner.ContainsKey(
                owner.Below(ApimKind.Operation, one.Id).Below(ApimKind.OperationPolicy, ApimAddress.PolicyName)
            )
        );

    private void Judge(ApimAddress policy, IReadOnlyList<string> names, string file, string whose)
    {
        var effective = PolicyWords
            .Sections.Where(section => section != OnError)
            .SelectMany(section => Effective(policy, section))
            .ToHashSet();
        foreach (var name in names.Distinct().Where(name => !effective.Contains(name)))
            findings.Error(
                file,
                1,
                ApimRule.Required,
                $"leaves {whose} without '{name}', which the rules require; write it directly into a section, or into a policy above that <base /> brings in"
            );
    }

    /// <summary>Worked out once: policies that many others stand below are asked for often.</summary>
    private HashSet<string> Effective(ApimAddress policy, string section)
    {
        if (_effective.TryGetValue((policy, section), out var known))
            return known;
        var names = new HashSet<string>();
        if (!_byOwner.TryGetValue(policy, out var document))
            names.UnionWith(IsUnread(policy) ? [] : EffectiveAbove(policy, section));
        else if (document.Section(section) is { } own)
        {
            names.UnionWith(_fragments.NamesIn(own));
            if (own.Children.Any(child => child.Name == PolicyWords.Base))
                names.UnionWith(EffectiveAbove(policy, section));
        }
        return _effective[(policy, section)] = names;
    }

    /// <summary>Where a policy is missing, what is above takes effect; the service's own has nothing above.</summary>
    private HashSet<string> EffectiveAbove(ApimAddress policy, string section)
    {
        if (policy.Kind == ApimKind.Policy)
            return [];
        var owner = policy.Parent!;
        return Effective(
            owner.Kind == ApimKind.Operation
                ? owner.Parent!.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName)
                : ApimAddress.Of(ApimKind.Policy, ApimAddress.PolicyName),
            section
        );
    }

    /// <summary>It is there, and could not be read: nobody knows what it does.</summary>
    private bool IsUnread(ApimAddress policy) => source.Resources.Any(one => one.Address.Equals(policy));
}
