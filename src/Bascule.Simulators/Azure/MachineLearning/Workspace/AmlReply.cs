using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>
/// How the workspace says no: <c>ErrorResponse</c> of Azure Resource Manager, as described, with the part of the service that spoke. The description names no
/// codes; those here are assumed.
/// </summary>
internal static class AmlReply
{
    public static ArmReply Invalid(string target, string message) => Refuse(400, "UserError", message, target);

    public static ArmReply NotFound(string what) => Refuse(404, "UserError", $"{what} was not found.", null);

    public static ArmReply Conflict(string message) => Refuse(409, "Conflict", message, null);

    public static ArmReply NotAllowed() =>
        Refuse(405, "MethodNotAllowed", "The requested resource does not support the http method.", null);

    private static ArmReply Refuse(int status, string code, string message, string? target)
    {
        var reply = ArmReply.Refuse(status, code, message);
        var error = reply.Body!["error"]!;
        if (target is not null)
            error["target"] = target;
        error["additionalInfo"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "ComponentName",
                ["info"] = new JsonObject { ["value"] = "managementfrontend" },
            }
        );
        return reply;
    }
}
