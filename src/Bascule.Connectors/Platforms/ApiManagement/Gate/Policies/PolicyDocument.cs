using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

/// <summary>One policy that parsed.</summary>
/// <param name="File">Of its text, in the repository.</param>
internal sealed record PolicyDocument(ApimResource Resource, PolicyLevel Level, PolicyElement Top, string File)
{
    /// <summary>The section of that name; null when the policy has none.</summary>
    public PolicyElement? Section(string name) => Top.Children.FirstOrDefault(child => child.Name == name);
}
