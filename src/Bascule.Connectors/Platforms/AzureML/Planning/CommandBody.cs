using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>A job of one command as the workspace is told it (`mfe.json` 2024-04-01, CommandJob), with placeholders.</summary>
internal static class CommandBody
{
    /// <param name="codeId">Of the version that is sent.</param>
    /// <param name="compute">Null for serverless.</param>
    public static JsonObject Of(
        AzureMlOptions options,
        PlanRequest request,
        CommandJob job,
        string codeId,
        string? compute
    )
    {
        var body = JobBody.Of(options, request, job, "Command");
        body["codeId"] = codeId;
        body["command"] = job.Command;
        body["environmentId"] = job.Environment.AddressIn(options.WorkspaceId, "environments");
        body.AddMember("computeId", compute is null ? null : options.ComputeId(compute));
        body.AddMember("environmentVariables", BodyParts.Texts(job.Variables));
        body.AddMember("resources", BodyParts.Resources(job.Resources));
        body.AddMember("distribution", BodyParts.Distribution(job.Distribution));
        body.AddMember("limits", BodyParts.Limits(job.Timeout));
        return new JsonObject { ["properties"] = body };
    }
}
