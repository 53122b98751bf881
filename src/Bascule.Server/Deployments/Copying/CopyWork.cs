using Bascule.Core.Deployments;
using Bascule.Core.Work;

namespace Bascule.Server.Deployments.Copying;

/// <summary>The row by which a deploy ref is copied to the forge. It is stored with the move, which never waits for it.</summary>
internal static class CopyWork
{
    public const string Kind = "deploy.copy";

    public static Change For(Deployment moved)
    {
        var place = DeploymentReading.IdOf(moved.Place);
        return new AddWork(
            new NewWork($"copy:{place}", Kind, place, moved.At) { Share = moved.Place.Repository.ToString() }
        );
    }
}
