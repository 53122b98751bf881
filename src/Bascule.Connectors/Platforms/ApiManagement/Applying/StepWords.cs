using System.Globalization;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>Steps in words, for a run's log.</summary>
internal static class StepWords
{
    public static string Of(ApplyStep step) =>
        step switch
        {
            ApplyStep.Put { Before: null } put => $"create {put.Place}",
            ApplyStep.Put put => $"update {put.Place}",
            ApplyStep.Delete delete => $"delete {delete.Place}",
            ApplyStep.Revise revise => $"make {revise.Address}",
            ApplyStep.InRevision { Wanted: null } inside => $"delete {inside.Place}",
            ApplyStep.InRevision inside => $"write {inside.Place}",
            ApplyStep.Share share => $"write what all revisions of {share.Api.Name} have in common",
            ApplyStep.Release release => string.Create(
                CultureInfo.InvariantCulture,
                $"release revision {release.To} of {release.Api.Name}, which was {release.From}"
            ),
            _ => throw new InvalidOperationException("an unknown kind of step"),
        };
}
