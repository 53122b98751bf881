namespace Bascule.Core.Deployments;

/// <summary>Where a deploy ref points, and the address at which it is followed.</summary>
/// <param name="Owner">Of the repository, as the forge last wrote it.</param>
/// <param name="Name">Of the repository, without its owner.</param>
public sealed record FollowedRef(Deployment Deployment, string Owner, string Name);
