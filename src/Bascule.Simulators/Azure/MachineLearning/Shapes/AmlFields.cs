using Bascule.Simulators.Azure.Resources.Shapes;

namespace Bascule.Simulators.Azure.MachineLearning.Shapes;

/// <summary>
/// Which fields a body may have, by the names of the definitions of Microsoft.MachineLearningServices 2024-04-01, in the notation of <c>FieldNotation</c>. Fields that
/// only the service writes are not here: they are refused. The tests compare this with the official file.
/// </summary>
public static class AmlFields
{
    private const string Text = """
        PendingUploadRequestDto = pendingUploadId:text pendingUploadType:(None|TemporaryBlobReference)
        CodeContainer = description:text properties:{text?} tags:{text?} isArchived:flag
        CodeVersion = description:text properties:{text?} tags:{text?} isAnonymous:flag isArchived:flag codeUri:text
        ComponentContainer = description:text properties:{text?} tags:{text?} isArchived:flag
        ComponentVersion = description:text properties:{text?} tags:{text?} isAnonymous:flag isArchived:flag componentSpec:object
        ModelContainer = description:text properties:{text?} tags:{text?} isArchived:flag
        ModelVersion = description:text properties:{text?} tags:{text?} isAnonymous:flag isArchived:flag flavors:{@FlavorData?} jobName:text
            modelType:text modelUri:text stage:text
        FlavorData = data:{text?}
        EnvironmentContainer = description:text properties:{text?} tags:{text?} isArchived:flag
        EnvironmentVersion = description:text properties:{text?} tags:{text?} isAnonymous:flag isArchived:flag
            autoRebuild:(Disabled|OnBaseImageUpdate) build:@BuildContext condaFile:text image:text
            inferenceConfig:@InferenceContainerProperties osType:(Linux|Windows) stage:text
        BuildContext = contextUri!:text+ dockerfilePath:text
        InferenceContainerProperties = livenessRoute:@Route readinessRoute:@Route scoringRoute:@Route
        Route = path!:text+ port!:whole
        CommandJob = description:text properties:{text?} tags:{text?} componentId:text computeId:text displayName:text experimentName:text
            identity:<identityType=Managed:ManagedIdentity|AMLToken:AmlToken|UserIdentity:UserIdentity> isArchived:flag
            jobType!:(AutoML|Command|Sweep|Pipeline|Spark) notificationSetting:@NotificationSetting services:{@JobService?}
            codeId:text command!:text+
            distribution:<distributionType=PyTorch:PyTorch|TensorFlow:TensorFlow|Mpi:Mpi>
            environmentId!:text+ environmentVariables:{text?}
            inputs:{<jobInputType=literal:LiteralJobInput|uri_file:UriFileJobInput|uri_folder:UriFolderJobInput|mltable:MLTableJobInput|custom_model:CustomModelJobInput|mlflow_model:MLFlowModelJobInput|triton_model:TritonModelJobInput>?}
            limits:@CommandJobLimits
            outputs:{<jobOutputType=uri_file:UriFileJobOutput|uri_folder:UriFolderJobOutput|mltable:MLTableJobOutput|custom_model:CustomModelJobOutput|mlflow_model:MLFlowModelJobOutput|triton_model:TritonModelJobOutput>?}
            queueSettings:@QueueSettings resources:@JobResourceConfiguration
        PipelineJob = description:text properties:{text?} tags:{text?} componentId:text computeId:text displayName:text experimentName:text
            identity:<identityType=Managed:ManagedIdentity|AMLToken:AmlToken|UserIdentity:UserIdentity> isArchived:flag
            jobType!:(AutoML|Command|Sweep|Pipeline|Spark) notificationSetting:@NotificationSetting services:{@JobService?}
            inputs:{<jobInputType=literal:LiteralJobInput|uri_file:UriFileJobInput|uri_folder:UriFolderJobInput|mltable:MLTableJobInput|custom_model:CustomModelJobInput|mlflow_model:MLFlowModelJobInput|triton_model:TritonModelJobInput>?}
            jobs:{object?}
            outputs:{<jobOutputType=uri_file:UriFileJobOutput|uri_folder:UriFolderJobOutput|mltable:MLTableJobOutput|custom_model:CustomModelJobOutput|mlflow_model:MLFlowModelJobOutput|triton_model:TritonModelJobOutput>?}
            settings:object sourceJobId:text
        ManagedIdentity = identityType!:(Managed|AMLToken|UserIdentity) clientId:guid objectId:guid resourceId:text
        AmlToken = identityType!:(Managed|AMLToken|UserIdentity)
        UserIdentity = identityType!:(Managed|AMLToken|UserIdentity)
        NotificationSetting = emailOn:[(JobCompleted|JobFailed|JobCancelled)] emails:[text] webhooks:{<webhookType=AzureDevOps:AzureDevOpsWebhook>?}
        AzureDevOpsWebhook = webhookType!:(AzureDevOps) eventType:text
        JobService = endpoint:text jobServiceType:text nodes:<nodesValueType=All:AllNodes> port:whole properties:{text?}
        AllNodes = nodesValueType!:(All)
        PyTorch = distributionType!:(PyTorch|TensorFlow|Mpi) processCountPerInstance:whole
        TensorFlow = distributionType!:(PyTorch|TensorFlow|Mpi) parameterServerCount:whole workerCount:whole
        Mpi = distributionType!:(PyTorch|TensorFlow|Mpi) processCountPerInstance:whole
        LiteralJobInput = description:text jobInputType!:text value!:text+
        UriFileJobInput = description:text jobInputType!:text mode:(ReadOnlyMount|ReadWriteMount|Download|Direct|EvalMount|EvalDownload) uri!:text+
        UriFolderJobInput = description:text jobInputType!:text mode:(ReadOnlyMount|ReadWriteMount|Download|Direct|EvalMount|EvalDownload) uri!:text+
        MLTableJobInput = description:text jobInputType!:text mode:(ReadOnlyMount|ReadWriteMount|Download|Direct|EvalMount|EvalDownload) uri!:text+
        CustomModelJobInput = description:text jobInputType!:text mode:(ReadOnlyMount|ReadWriteMount|Download|Direct|EvalMount|EvalDownload) uri!:text+
        MLFlowModelJobInput = description:text jobInputType!:text mode:(ReadOnlyMount|ReadWriteMount|Download|Direct|EvalMount|EvalDownload) uri!:text+
        TritonModelJobInput = description:text jobInputType!:text mode:(ReadOnlyMount|ReadWriteMount|Download|Direct|EvalMount|EvalDownload) uri!:text+
        UriFileJobOutput = description:text jobOutputType!:text mode:(ReadWriteMount|Upload|Direct) uri:text
        UriFolderJobOutput = description:text jobOutputType!:text mode:(ReadWriteMount|Upload|Direct) uri:text
        MLTableJobOutput = description:text jobOutputType!:text mode:(ReadWriteMount|Upload|Direct) uri:text
        CustomModelJobOutput = description:text jobOutputType!:text mode:(ReadWriteMount|Upload|Direct) uri:text
        MLFlowModelJobOutput = description:text jobOutputType!:text mode:(ReadWriteMount|Upload|Direct) uri:text
        TritonModelJobOutput = description:text jobOutputType!:text mode:(ReadWriteMount|Upload|Direct) uri:text
        CommandJobLimits = jobLimitsType!:(Command|Sweep) timeout:text
        QueueSettings = jobTier:(Null|Spot|Basic|Standard|Premium)
        JobResourceConfiguration = instanceCount:whole instanceType:text properties:{object?} dockerArgs:text shmSize:text
        """;

    /// <summary>Fields in their notation, by definition.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Definitions { get; } = FieldNotation.Read(Text);
}
