namespace Bascule.Server.Deployments;

/// <param name="Folder">Where deployed objects live: absolute, used by this process alone.</param>
internal sealed record DeploymentOptions(string Folder);
