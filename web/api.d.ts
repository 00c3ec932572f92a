// Made by tests/types/check.mjs --write of functions/describe-api/openapi.json.

export interface paths {
    "/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List assets
         * @description The caller's own, or all of a project that the caller is a member of. Deleted assets are only in the list of `status=deleted`, which is sorted by the time of deletion. A page that is not the last has an asset, or says in `looked` how many entries it has looked at.
         */
        get: operations["listAssets"];
        put?: never;
        /**
         * Bring a small file
         * @description For a file of up to 5 MB: in a form, which takes no query, or as the body, with its type in `Content-Type` and its other fields in the query. A client that does not know the type sends `application/octet-stream`; the name's extension then decides. (API Gateway takes no more than about 4.5 MB.) Upload a larger file instead.
         */
        post: operations["createAsset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assets/from-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have files fetched
         * @description Has one file fetched, or up to a hundred. The answer comes at once; each file is then `ingesting`, and goes on as after an upload. Nothing is fetched that is not on the public internet. Of several, one that cannot be taken refuses no other.
         */
        post: operations["createAssetsFromUrls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an asset */
        get: operations["getAsset"];
        put?: never;
        post?: never;
        /**
         * Delete an asset
         * @description Its bytes go some time later. Deleting again changes nothing.
         */
        delete: operations["deleteAsset"];
        options?: never;
        head?: never;
        /**
         * Change an asset's name or tags
         * @description What is left out stays as it is. The upload, fetch or inspection of the asset goes on. The same edit again changes nothing.
         */
        patch: operations["editAsset"];
        trace?: never;
    };
    "/v1/assets/{id}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Go to an asset's bytes
         * @description Checks the caller's right and redirects to a signed URL of the CDN; a request that accepts `application/json` gets the URL as JSON.
         */
        get: operations["getData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Go to an asset's bytes
         * @description Checks the caller's right and redirects to a signed URL of the CDN; a request that accepts `application/json` gets the URL as JSON.
         */
        head: operations["headData"];
        patch?: never;
        trace?: never;
    };
    "/v1/assets/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show an asset's history
         * @description What happened to it, newest first, also after it was deleted. Entries are kept for as many days as the installation has set.
         */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assets/{id}/process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have an asset inspected again
         * @description One that is ready, or that failed and whose bytes are kept. One that waits for its inspection is left to it.
         */
        post: operations["processAsset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See that the service answers
         * @description The function alone: neither storage nor the table is asked.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show this description */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload
         * @description Reserves the file's bytes in the caller's quota, makes its asset, and says where the bytes go: up to 16 MiB to one URL, more in parts, of which the first hundred are signed in the answer. Storage takes exactly the declared length, and of a file in one piece the declared type. When all bytes are there, complete the upload.
         */
        post: operations["beginUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See how far a file is
         * @description What storage has of an upload, so that another session can go on with the parts that are missing; or how far the fetch of a URL is.
         */
        get: operations["getUpload"];
        put?: never;
        post?: never;
        /**
         * Give up an upload, or the fetch of a URL
         * @description Gives the reserved bytes back. Giving up again changes nothing.
         */
        delete: operations["abortUpload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete an upload
         * @description Checks that storage has all bytes, puts parts together, and has the file inspected. The asset is `uploaded` then, and a moment later `ready` or `failed`. Completing again answers the same.
         */
        post: operations["completeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign parts
         * @description Signs up to a hundred parts at once, for the first time or again, and keeps the upload alive.
         */
        post: operations["signParts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the caller's endpoints */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Make an endpoint for webhooks
         * @description Give the endpoint's URL to the provider, and the provider's signing secret to the endpoint, or the endpoint's to the provider. No other answer shows the secret.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an endpoint
         * @description Nothing is taken from it any more. Revoking again changes nothing.
         */
        delete: operations["revokeWebhookEndpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/b2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell of what storage has got
         * @description Backblaze B2's event notifications. An upload in one piece whose bytes have come, and whose client was not heard of again, is completed by them. The same notification again changes nothing.
         */
        post: operations["receiveStorageEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{provider}/{endpoint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell of what was made
         * @description Signed as by [Standard Webhooks](https://www.standardwebhooks.com), with the endpoint's secret and within five minutes. Of a prediction that has succeeded, every URL in its output becomes an asset of the endpoint's owner. The same prediction again begins nothing anew.
         */
        post: operations["receiveWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What can be done with an asset, a project or an endpoint.
         * @enum {string}
         */
        Action: "view" | "view_history" | "upload" | "edit" | "process" | "delete" | "list" | "upload_into" | "revoke";
        /** @description One user-owned file with its record. */
        Asset: {
            /** @description What the caller may do with it. */
            can: components["schemas"]["Action"][];
            /** @description `application/octet-stream` until its source was asked. */
            contentType: string;
            createdAt: components["schemas"]["Timestamp"];
            failure: components["schemas"]["Failure"] | null;
            id: components["schemas"]["AssetId"];
            metadata: components["schemas"]["Metadata"];
            name: components["schemas"]["FileName"];
            /** @description The `sub` of whose it is. */
            ownerId: string;
            projectId: components["schemas"]["ProjectId"] | null;
            /**
             * Format: int64
             * @description Counts the changes that people made to it, from 1.
             */
            revision: number;
            sha256: components["schemas"]["Sha256"] | null;
            /**
             * Format: int64
             * @description Bytes; while it is taken from a URL, as much of it as is known.
             */
            size: number;
            /** @description What made it: `replicate:` and the id of a prediction. */
            sourceReference: string | null;
            /** @description Where it was taken from, without what may be secret. */
            sourceUrl: string | null;
            status: components["schemas"]["Status"];
            /** @description Key of the original in the bucket. */
            storageKey: string;
            tags: components["schemas"]["Tags"];
            /** @description `unknown` until its source was asked. */
            type: components["schemas"]["Kind"];
            updatedAt: components["schemas"]["Timestamp"];
            /** @description Signed URLs, each valid for a while, of a ready asset: `original`, and one by each variant's name. */
            urls: {
                [key: string]: string;
            };
            /** @description What was derived from it. */
            variants: components["schemas"]["Variant"][];
        };
        /** @description What to change of an asset. What is left out stays as it is. */
        AssetEdit: {
            name?: components["schemas"]["FileName"] | null;
            tags?: components["schemas"]["Tags"] | null;
        };
        /** @description A file and what is said of it. */
        AssetForm: {
            /**
             * Format: binary
             * @description The file, with its type and its name.
             */
            file: string;
            /** @description Whether `metadata` may say where a picture or a film was taken. Default: false. */
            keepLocation?: boolean;
            /** @description Default: the name that the file comes with. */
            name?: components["schemas"]["FileName"];
            /** @description The project that it belongs to. */
            projectId?: components["schemas"]["ProjectId"];
            /** @description The file's SHA-256. A file with another one fails. */
            sha256?: components["schemas"]["Sha256"];
            /** @description One label a field; the field may be repeated. */
            tags?: components["schemas"]["Tags"];
        };
        /**
         * Format: uuid
         * @description Id of an asset and of its upload: a UUIDv7, so that the order of ids is the order of creation.
         */
        AssetId: string;
        /** @description Some assets, in the order that was asked for. */
        AssetPage: {
            /** @description A page that is not the last has at least one, or says in `looked` how far it has looked. */
            items: components["schemas"]["Asset"][];
            /** @description How many entries were looked at, where few of them are asked for and one request looks at no more. */
            looked?: number;
            /** @description The `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description One of several audio tracks. */
        AudioTrack: {
            /**
             * Format: int32
             * @description Number of channels.
             */
            channels?: number;
            /** @description Codec by its common short name. */
            codec: string;
            /** @description Language (ISO 639-2 or BCP 47), as the file says it. */
            language?: string;
            /**
             * Format: int32
             * @description Samples per second.
             */
            sampleRate?: number;
        };
        /** @description What has come of each file, in the order of the request. */
        Begun: {
            items: components["schemas"]["BegunItem"][];
        };
        /** @description The asset, or why there is none. */
        BegunItem: {
            asset: components["schemas"]["Asset"];
        } | {
            problem: components["schemas"]["Problem"];
        };
        /**
         * Format: int64
         * @description Size of a file: 1 byte to 2^53 − 1, the largest integer that JSON carries exactly between all languages.
         */
        ByteSize: number;
        /**
         * @description The colour transfer of a video, as far as players treat it differently.
         * @enum {string}
         */
        ColorTransfer: "sdr" | "hdr10" | "hlg";
        /** @description That all bytes are there. */
        Completed: {
            /** @description The parts, in any order. Left out, storage's own list is used. */
            parts?: components["schemas"]["UploadedPart"][] | null;
        };
        /** @description Where the bytes are. */
        DataUrl: {
            /** @description When it stops working. */
            expiresAt: components["schemas"]["Timestamp"];
            /** @description A signed URL of the CDN. */
            url: string;
        };
        /** @description Where a provider sends its webhooks. */
        Endpoint: {
            createdAt: components["schemas"]["Timestamp"];
            id: components["schemas"]["EndpointId"];
            provider: components["schemas"]["Provider"];
            /** @description Its path, below the API's own URL. */
            url: string;
        };
        /**
         * Format: uuid
         * @description Id of an endpoint for webhooks: a UUIDv7, so that the order of ids is the order of creation.
         */
        EndpointId: string;
        /** @description The caller's endpoints, oldest first. */
        EndpointList: {
            items: components["schemas"]["Endpoint"][];
        };
        /** @description A new endpoint, with the secret that no other answer shows. */
        EndpointWithSecret: components["schemas"]["Endpoint"] & {
            secret: components["schemas"]["SigningSecret"];
        };
        /**
         * @description What happened.
         * @enum {string}
         */
        EventKind: "asset.created" | "asset.uploaded" | "asset.reprocessed" | "asset.ready" | "asset.failed" | "asset.edited" | "asset.deleted" | "asset.purged";
        /** @enum {string} */
        ExpectedType: "image" | "video" | "audio" | "document" | "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/heic" | "image/avif" | "image/svg+xml" | "video/mp4" | "video/webm" | "video/quicktime" | "video/x-msvideo" | "video/matroska" | "audio/mpeg" | "audio/wav" | "audio/ogg" | "audio/mp4" | "audio/aac" | "audio/flac" | "application/pdf" | "application/msword" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        /** @description Why an asset failed. */
        Failure: {
            /** @description Stable name of the reason. */
            code: components["schemas"]["FailureCode"];
            /** @description A sentence for the asset's owner. */
            detail: string;
        };
        /**
         * @description The reasons for which an asset fails.
         * @enum {string}
         */
        FailureCode: "type_mismatch" | "checksum_mismatch" | "unreadable" | "limits_exceeded" | "upload_expired" | "bytes_missing" | "processing_gave_up" | "too_large" | "quota_exceeded" | "source_forbidden" | "source_refused" | "source_not_found" | "source_gone" | "source_unreachable" | "source_busy" | "source_untrusted" | "source_redirects" | "source_too_slow" | "source_incomplete" | "ingestion_gave_up";
        /** @description A file that is to be taken from a URL. */
        FileAtUrl: {
            /** @description Whether `metadata` may say where a picture or a film was taken. Default: false. */
            keepLocation?: boolean | null;
            name?: components["schemas"]["FileName"] | null;
            projectId?: components["schemas"]["ProjectId"] | null;
            sha256?: components["schemas"]["Sha256"] | null;
            tags?: components["schemas"]["Tags"] | null;
            type?: components["schemas"]["ExpectedType"] | null;
            /**
             * Format: uri
             * @description Of http or https, on the public internet, without user and password. It may be signed: no answer shows its query.
             */
            url: string;
        };
        /** @description The name that a person gave a file: for display and for downloads, never part of a key, never raw in a header. */
        FileName: string;
        /** @description Several files that are to be taken from URLs. */
        FilesAtUrls: {
            /** @description A file that is refused has its own problem in the answer. The other files are still taken. */
            items: components["schemas"]["FileAtUrl"][];
        };
        /**
         * @description A refusal by the gateway itself, before or instead of the function: no route, no good token, too many requests, a body
         *     of more than 10 MB, a function that fails or takes too long.
         */
        GatewayRefusal: {
            message: string;
        };
        /** @description That the service answers. */
        Health: {
            /** @description Always `ok`. */
            status: string;
            /** @description The service's version. */
            version: string;
        };
        /** @description Some of an asset's history, newest first. */
        History: {
            items: components["schemas"]["HistoryEntry"][];
            /** @description The `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description One thing that happened. */
        HistoryEntry: {
            at: components["schemas"]["Timestamp"];
            /**
             * @description Who did it: `user:`, `service:` or `operator:` and a subject, `webhook:` and an endpoint's id, or `worker:` and a
             *     function's name.
             */
            by: string;
            /**
             * Format: uuid
             * @description Its own id; the order of ids is the order of events.
             */
            id: string;
            /**
             * Format: int64
             * @description The revision of the asset that was changed, or that it began with.
             */
            revision: number;
            /** @description The asset's status from then on. */
            status: components["schemas"]["Status"];
            what: components["schemas"]["EventKind"];
        };
        /** @description How the client brings the bytes. */
        Instructions: components["schemas"]["Way"] & {
            /** @description The same id. */
            assetId: components["schemas"]["AssetId"];
            /** @description When the upload is given up. Signing parts moves it on. */
            expiresAt: components["schemas"]["Timestamp"];
            /** @description The headers of every request to storage; no others are signed. */
            headers: {
                [key: string]: string;
            };
            /** @description The method of every request to storage. */
            method: components["schemas"]["Method"];
            /** @description Key that the file will have in the bucket. */
            storageKey: string;
            uploadId: components["schemas"]["AssetId"];
        };
        /**
         * @description What an asset is to its users; limits and lists go by it.
         * @enum {string}
         */
        Kind: "image" | "video" | "audio" | "document" | "unknown";
        /** @description A place on Earth (WGS 84). */
        Location: {
            /**
             * Format: double
             * @description Metres above sea level.
             */
            altitude?: number;
            /**
             * Format: double
             * @description Degrees north.
             */
            latitude: number;
            /**
             * Format: double
             * @description Degrees east.
             */
            longitude: number;
        };
        /** @enum {string} */
        MediaType: "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/heic" | "image/avif" | "image/svg+xml" | "video/mp4" | "video/webm" | "video/quicktime" | "video/x-msvideo" | "video/matroska" | "audio/mpeg" | "audio/wav" | "audio/ogg" | "audio/mp4" | "audio/aac" | "audio/flac" | "application/pdf" | "application/msword" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        /** @description What inspection found out. What the file does not say, or what its kind does not have, is left out. */
        Metadata: {
            /**
             * @description Codec of the first audio track by its common short name, such as `aac`.
             * @default null
             */
            audioCodec: string;
            /**
             * @description Every audio track, where there are several.
             * @default []
             */
            audioTracks: components["schemas"]["AudioTrack"][];
            /**
             * Format: int64
             * @description Bits per second of the whole file.
             * @default null
             */
            bitrate: number;
            /**
             * @description A blurred preview in a few characters (BlurHash, 4 × 3 components).
             * @default null
             */
            blurhash: string;
            /**
             * @description Who made the camera.
             * @default null
             */
            cameraMake: string;
            /**
             * @description The camera's model.
             * @default null
             */
            cameraModel: string;
            /**
             * @description When it was taken (RFC 3339), with an offset only where the camera knew its time zone.
             * @default null
             */
            capturedAt: string;
            /**
             * Format: int32
             * @description Channels of the first audio track.
             * @default null
             */
            channels: number;
            /**
             * @description The codecs as the parameter of a media type (RFC 6381), where all of them have a name there: what a player asks
             *     `canPlayType` about.
             * @default null
             */
            codecs: string;
            /**
             * @description How a video's numbers become light.
             * @default null
             */
            colorTransfer: components["schemas"]["ColorTransfer"];
            /**
             * Format: double
             * @description How long it plays, in seconds.
             * @default null
             */
            durationSeconds: number;
            /**
             * @description Whether the document is encrypted and may ask for a password.
             * @default null
             */
            encrypted: boolean;
            /**
             * Format: double
             * @description Frames per second, on average.
             * @default null
             */
            frameRate: number;
            /**
             * Format: int32
             * @description Frames of an animation, 1 for a still image.
             * @default null
             */
            frames: number;
            /**
             * @description Whether a pixel may be transparent.
             * @default null
             */
            hasAlpha: boolean;
            /**
             * Format: int32
             * @description Height in pixels, as shown.
             * @default null
             */
            height: number;
            /**
             * @description Where it was taken; only where the owner has asked for it to be kept.
             * @default null
             */
            location: components["schemas"]["Location"];
            /**
             * Format: int32
             * @description EXIF orientation of an image's stored pixels, 1 to 8.
             * @default null
             */
            orientation: number;
            /**
             * Format: int32
             * @description Pages of a document.
             * @default null
             */
            pages: number;
            /**
             * @description How much detail a video has, by the usual name.
             * @default null
             */
            quality: components["schemas"]["Quality"];
            /**
             * Format: int32
             * @description By how many degrees a video's stored picture is turned clockwise to be upright: 0, 90, 180 or 270.
             * @default null
             */
            rotation: number;
            /**
             * Format: int32
             * @description Samples per second of the first audio track.
             * @default null
             */
            sampleRate: number;
            /**
             * @description Codec of the video track by its common short name, such as `h264`.
             * @default null
             */
            videoCodec: string;
            /**
             * Format: int32
             * @description Width in pixels, as shown.
             * @default null
             */
            width: number;
        };
        /**
         * @description How bytes are sent to storage.
         * @enum {string}
         */
        Method: "PUT";
        /** @description An endpoint to be made. */
        NewEndpoint: {
            provider: components["schemas"]["Provider"];
            secret?: components["schemas"]["SigningSecret"] | null;
        };
        /** @description What a client says of a file that it is about to upload. */
        NewUpload: {
            contentType: components["schemas"]["MediaType"];
            filename: components["schemas"]["FileName"];
            /** @description Whether `metadata` may say where a picture or a film was taken. Default: false. */
            keepLocation?: boolean | null;
            projectId?: components["schemas"]["ProjectId"] | null;
            sha256?: components["schemas"]["Sha256"] | null;
            size: components["schemas"]["ByteSize"];
            tags?: components["schemas"]["Tags"] | null;
        };
        /**
         * Format: int32
         * @description Number of a part, from 1 to 10,000.
         */
        PartNumber: number;
        /** @description Why a request was refused or failed (RFC 9457). */
        Problem: {
            /** @description Stable name of the problem. */
            code: string;
            /** @description A sentence for people: what is wrong, and what would be right. */
            detail: string;
            /** @description The field of the body, the parameter or the header that is wrong. */
            field?: string;
            /** @description Names the request in the log. */
            requestId: string;
            /**
             * Format: int32
             * @description The status of the answer; in a batch, the one that the item alone would have had.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /**
             * Format: uri
             * @description `urn:quayside:problem:` and the code.
             */
            type: string;
        };
        /** @description What has come of a file that is on its way. */
        Progress: {
            /** @description The same id. */
            assetId: components["schemas"]["AssetId"];
            /** Format: int64 */
            bytesUploaded: number;
            /**
             * Format: double
             * @description How long the rest takes at that speed.
             */
            etaSeconds: number | null;
            expiresAt: components["schemas"]["Timestamp"] | null;
            partCount: components["schemas"]["PartNumber"] | null;
            /**
             * Format: int64
             * @description Bytes in every part but the last.
             */
            partSize: number | null;
            /** @description The parts that storage has. */
            parts: components["schemas"]["StoredPart"][];
            /**
             * Format: double
             * @description With one decimal place; null where the size is not known.
             */
            percent: number | null;
            /**
             * Format: int64
             * @description Bytes in all, as far as they are known.
             */
            size: number | null;
            /**
             * Format: double
             * @description On average from the beginning to the last byte that arrived; null where nothing is known.
             */
            speedBytesPerSecond: number | null;
            status: components["schemas"]["Status"];
            strategy: components["schemas"]["Strategy"] | null;
            uploadId: components["schemas"]["AssetId"];
        };
        /**
         * Format: uuid
         * @description Id of a project.
         */
        ProjectId: string;
        /**
         * @description Who makes media on an owner's behalf, and tells by webhook when it is done.
         * @enum {string}
         */
        Provider: "replicate";
        /**
         * @description How much detail a video has: the name of the largest usual size that it fills.
         * @enum {string}
         */
        Quality: "144p" | "240p" | "360p" | "480p" | "720p" | "1080p" | "1440p" | "4k";
        /** @description A SHA-256 digest, written as 64 hexadecimal digits. */
        Sha256: string;
        /** @description Where the bytes of one part go. */
        SignedPart: {
            /** @description When it stops working; the part can then be signed again. */
            expiresAt: components["schemas"]["Timestamp"];
            partNumber: components["schemas"]["PartNumber"];
            /** @description Takes exactly the part's length. */
            url: string;
        };
        /** @description Where the bytes of parts go. */
        SignedParts: {
            parts: components["schemas"]["SignedPart"][];
        };
        /**
         * Format: password
         * @description What a provider signs its webhooks with (Standard Webhooks, "Signature scheme"): 24 to 64 bytes, written as `whsec_`
         *     and base64. No log shows it.
         */
        SigningSecret: string;
        /**
         * @description Where an asset is in its life.
         * @enum {string}
         */
        Status: "awaiting_upload" | "ingesting" | "uploaded" | "ready" | "failed" | "deleted";
        /** @description A part that storage has. */
        StoredPart: {
            /** @description What storage calls its bytes. */
            etag: string;
            partNumber: components["schemas"]["PartNumber"];
            /**
             * Format: int64
             * @description Bytes.
             */
            size: number;
        };
        /**
         * @description How a file is uploaded.
         * @enum {string}
         */
        Strategy: "single" | "multipart";
        /** @description One label: 1 to 64 characters that are not all spaces, none of them a control character. */
        Tag: string;
        /** @description Up to 20 labels of 1 to 64 characters, without repeats, in the order given. */
        Tags: components["schemas"]["Tag"][];
        /**
         * Format: date-time
         * @description A moment in UTC with millisecond precision, written as RFC 3339 in a fixed width (`2026-11-20T18:51:00.123Z`), so
         *     that the order of the texts is the order of the moments.
         */
        Timestamp: string;
        /** @description A part as storage has confirmed it. */
        UploadedPart: {
            /** @description The `ETag` of storage's answer, with or without its quotes. */
            etag: string;
            partNumber: components["schemas"]["PartNumber"];
        };
        /** @description Something derived from an asset's bytes. */
        Variant: {
            /** @description Its media type. */
            contentType: components["schemas"]["MediaType"];
            /**
             * Format: int32
             * @description Height in pixels.
             */
            height: number;
            /** @description Its name, such as `thumbnail`; the last segment of its key. */
            name: string;
            /**
             * Format: int64
             * @description Size in bytes.
             */
            size: number;
            /**
             * Format: int32
             * @description Width in pixels.
             */
            width: number;
        };
        /** @description The parts to sign. */
        WantedParts: {
            /** @description From 1, as many as the upload has. */
            partNumbers: components["schemas"]["PartNumber"][];
        };
        /** @description Where the bytes go. */
        Way: {
            /** @enum {string} */
            strategy: "single";
            /** @description Takes exactly the declared length and type, until the upload expires. */
            url: string;
        } | {
            partCount: components["schemas"]["PartNumber"];
            /**
             * Format: int64
             * @description Bytes in every part but the last.
             */
            partSize: number;
            /** @description The first hundred. */
            parts: components["schemas"]["SignedPart"][];
            /** @enum {string} */
            strategy: "multipart";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAssets: {
        parameters: {
            query?: {
                /** @description Only those of this kind. */
                type?: "image" | "video" | "audio" | "document";
                /** @description Only those in this status; `deleted` lists the trash. */
                status?: "awaiting_upload" | "ingesting" | "uploaded" | "ready" | "failed" | "deleted";
                /** @description Those of this project. */
                projectId?: components["schemas"]["ProjectId"];
                /** @description Only those with this tag. */
                tag?: components["schemas"]["Tag"];
                /** @description Only those whose name begins so, whatever the case and without diacritics. They are sorted by name. */
                name?: string;
                /** @description `newest` and `oldest` by the time of creation, or in the trash of deletion; `name` without case and diacritics, and not in the trash. */
                sort?: "newest" | "oldest" | "name";
                /** @description How many to a page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetPage"];
                };
            };
            /**
             * @description - `invalid_cursor`: The cursor is not one that this list gave to this caller.
             *     - `invalid_limit`: `limit` is not an integer from 1 to 100.
             *     - `invalid_name`: The beginning of a name is longer than 255 characters, or has a control character.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_project_id`: The project's id is not a UUID in lower case.
             *     - `invalid_sort`: There is no such order, or the trash cannot be listed in it.
             *     - `invalid_status`: There is no such status.
             *     - `invalid_tag`: The tag is empty, longer than 64 characters, or has a control character.
             *     - `invalid_type`: There is no such kind.
             *     - `repeated_parameter`: A query parameter is given more than once.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_cursor",
                     *       "detail": "The cursor is not one that this list gave to this caller.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_cursor"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_cursor" | "invalid_limit" | "invalid_name" | "invalid_owner" | "invalid_project_id" | "invalid_sort" | "invalid_status" | "invalid_tag" | "invalid_type" | "repeated_parameter" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `project_not_found`: There is no such project that the caller is a member of.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "project_not_found",
                     *       "detail": "There is no such project that the caller is a member of.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:project_not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "project_not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    createAsset: {
        parameters: {
            query?: {
                /** @description The file's name. */
                name?: components["schemas"]["FileName"];
                /** @description The project that it belongs to. */
                projectId?: components["schemas"]["ProjectId"];
                /** @description Its tags. May be repeated, one tag each. */
                tags?: components["schemas"]["Tags"];
                /** @description The file's SHA-256. A file with another one fails. */
                sha256?: components["schemas"]["Sha256"];
                /** @description Whether `metadata` may say where a picture or a film was taken. */
                keepLocation?: boolean;
            };
            header?: {
                /** @description Names the request for a day: the same one again begins nothing anew and answers the same. A random UUID is a good one. */
                "Idempotency-Key"?: string;
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/msword": string;
                "application/pdf": string;
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document": string;
                "audio/aac": string;
                "audio/flac": string;
                "audio/mp4": string;
                "audio/mpeg": string;
                "audio/ogg": string;
                "audio/wav": string;
                "image/avif": string;
                "image/gif": string;
                "image/heic": string;
                "image/jpeg": string;
                "image/png": string;
                "image/svg+xml": string;
                "image/webp": string;
                "multipart/form-data": components["schemas"]["AssetForm"];
                "video/matroska": string;
                "video/mp4": string;
                "video/quicktime": string;
                "video/webm": string;
                "video/x-msvideo": string;
            };
        };
        responses: {
            /** @description Storage has the file. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /**
             * @description - `invalid_filename`: The name is empty, longer than 255 characters, or has `/`, `\` or a control character.
             *     - `invalid_form`: The body is not valid `multipart/form-data`.
             *     - `invalid_idempotency_key`: The `Idempotency-Key` is not 1 to 255 visible ASCII characters.
             *     - `invalid_keep_location`: `keepLocation` is not true or false.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_project_id`: The project's id is not a UUID in lower case.
             *     - `invalid_sha256`: The SHA-256 is not 64 hexadecimal digits.
             *     - `invalid_size`: The size is not a positive integer (bytes).
             *     - `invalid_tags`: There are more than 20 tags, or one of them is not valid.
             *     - `missing_field`: A field that is required is missing.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `repeated_parameter`: A query parameter is given more than once.
             *     - `too_large`: The file is larger than files of its kind may be here.
             *     - `type_not_allowed`: Files of this type are not taken here.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_filename",
                     *       "detail": "The name is empty, longer than 255 characters, or has `/`, `\\` or a control character.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_filename"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_filename" | "invalid_form" | "invalid_idempotency_key" | "invalid_keep_location" | "invalid_owner" | "invalid_project_id" | "invalid_sha256" | "invalid_size" | "invalid_tags" | "missing_field" | "repeated_field" | "repeated_parameter" | "too_large" | "type_not_allowed" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - `project_not_found`: There is no such project that the caller is a member of.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found" | "project_not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `quota_exceeded`: It does not fit into the owner's quota. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "quota_exceeded",
                     *       "detail": "It does not fit into the owner's quota.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:quota_exceeded"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "quota_exceeded";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - `idempotency_key_reused`: The `Idempotency-Key` was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "idempotency_key_reused",
                     *       "detail": "The `Idempotency-Key` was used for another request.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "urn:quayside:problem:idempotency_key_reused"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused";
                        /** @constant */
                        status?: 422;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    createAssetsFromUrls: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request for a day: the same one again begins nothing anew and answers the same. A random UUID is a good one. */
                "Idempotency-Key"?: string;
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileAtUrl"] | components["schemas"]["FilesAtUrls"];
            };
        };
        responses: {
            /** @description They will be fetched. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"] | components["schemas"]["Begun"];
                };
            };
            /**
             * @description - `invalid_filename`: The name is empty, longer than 255 characters, or has `/`, `\` or a control character.
             *     - `invalid_idempotency_key`: The `Idempotency-Key` is not 1 to 255 visible ASCII characters.
             *     - `invalid_items`: `items` is not an array of 1 to 100 files.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_keep_location`: `keepLocation` is not true or false.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_project_id`: The project's id is not a UUID in lower case.
             *     - `invalid_sha256`: The SHA-256 is not 64 hexadecimal digits.
             *     - `invalid_tags`: There are more than 20 tags, or one of them is not valid.
             *     - `invalid_url`: The URL is not valid, or longer than 8192 bytes.
             *     - `missing_field`: A field that is required is missing.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `source_forbidden`: Nothing is fetched from this URL: its scheme, port, host or address is none that is asked.
             *     - `type_not_allowed`: Files of this type are not taken here.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_filename",
                     *       "detail": "The name is empty, longer than 255 characters, or has `/`, `\\` or a control character.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_filename"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_filename" | "invalid_idempotency_key" | "invalid_items" | "invalid_json" | "invalid_keep_location" | "invalid_owner" | "invalid_project_id" | "invalid_sha256" | "invalid_tags" | "invalid_url" | "missing_field" | "repeated_field" | "source_forbidden" | "type_not_allowed" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - `project_not_found`: There is no such project that the caller is a member of.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found" | "project_not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `quota_exceeded`: It does not fit into the owner's quota. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "quota_exceeded",
                     *       "detail": "It does not fit into the owner's quota.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:quota_exceeded"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "quota_exceeded";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - `idempotency_key_reused`: The `Idempotency-Key` was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "idempotency_key_reused",
                     *       "detail": "The `Idempotency-Key` was used for another request.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "urn:quayside:problem:idempotency_key_reused"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused";
                        /** @constant */
                        status?: 422;
                    };
                };
            };
            /**
             * @description - `too_many_ingestions`: As many files are being fetched for the caller as are allowed.
             *     - The gateway itself: Too Many Requests.
             */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "too_many_ingestions",
                     *       "detail": "As many files are being fetched for the caller as are allowed.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "urn:quayside:problem:too_many_ingestions"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_ingestions";
                        /** @constant */
                        status?: 429;
                    };
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    getAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The asset; while it is ready, with signed URLs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_owner" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    deleteAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_owner" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `conflict`: Other requests changed the same thing again and again. Try again. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    editAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AssetEdit"];
            };
        };
        responses: {
            /** @description The asset as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /**
             * @description - `invalid_filename`: The name is empty, longer than 255 characters, or has `/`, `\` or a control character.
             *     - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_tags`: There are more than 20 tags, or one of them is not valid.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_filename",
                     *       "detail": "The name is empty, longer than 255 characters, or has `/`, `\\` or a control character.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_filename"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_filename" | "invalid_id" | "invalid_json" | "invalid_owner" | "invalid_tags" | "repeated_field" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `conflict`: Other requests changed the same thing again and again. Try again. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    getData: {
        parameters: {
            query?: {
                /** @description `original`, or a variant's name. */
                variant?: string;
                /** @description Whether a browser is to save the file. */
                download?: "1" | "0" | "true" | "false";
            };
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the bytes are. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataUrl"];
                };
            };
            /** @description Where the bytes are. */
            302: {
                headers: {
                    /** @description `no-store`: the next request proves the right anew. */
                    "Cache-Control": string;
                    /** @description The signed URL. */
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `invalid_download`: `download` is not 1 or 0.
             *     - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `repeated_parameter`: A query parameter is given more than once.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_download",
                     *       "detail": "`download` is not 1 or 0.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_download"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_download" | "invalid_id" | "invalid_owner" | "repeated_parameter" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `no_such_variant`: The asset has no such variant.
             *     - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "no_such_variant",
                     *       "detail": "The asset has no such variant.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:no_such_variant"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_such_variant" | "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `not_ready`: The asset is not ready, and has no bytes to serve. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "not_ready",
                     *       "detail": "The asset is not ready, and has no bytes to serve.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:not_ready"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_ready";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    headData: {
        parameters: {
            query?: {
                /** @description `original`, or a variant's name. */
                variant?: string;
                /** @description Whether a browser is to save the file. */
                download?: "1" | "0" | "true" | "false";
            };
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As for GET. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Where the bytes are. */
            302: {
                headers: {
                    /** @description `no-store`: the next request proves the right anew. */
                    "Cache-Control": string;
                    /** @description The signed URL. */
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `invalid_download`: `download` is not 1 or 0.
             *     - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `repeated_parameter`: A query parameter is given more than once.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `no_such_variant`: The asset has no such variant.
             *     - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `not_ready`: The asset is not ready, and has no bytes to serve. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description How many to a page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /**
             * @description - `invalid_cursor`: The cursor is not one that this list gave to this caller.
             *     - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_limit`: `limit` is not an integer from 1 to 100.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `repeated_parameter`: A query parameter is given more than once.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_cursor",
                     *       "detail": "The cursor is not one that this list gave to this caller.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_cursor"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_cursor" | "invalid_id" | "invalid_limit" | "invalid_owner" | "repeated_parameter" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    processAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It will be inspected. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_json" | "invalid_owner" | "repeated_field" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /**
             * @description - `conflict`: Other requests changed the same thing again and again. Try again.
             *     - `not_processable`: The asset's bytes are not, or no longer, there to be inspected.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict" | "not_processable";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /**
             * @description - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unknown_parameter",
                     *       "detail": "The route has no such query parameter.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:unknown_parameter"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /** @description - The gateway itself: Internal Server Error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /** @description - The gateway itself: Service Unavailable. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The description, OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /**
             * @description - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unknown_parameter",
                     *       "detail": "The route has no such query parameter.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:unknown_parameter"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /** @description - The gateway itself: Internal Server Error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /** @description - The gateway itself: Service Unavailable. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
        };
    };
    beginUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request for a day: the same one again begins nothing anew and answers the same. A random UUID is a good one. */
                "Idempotency-Key"?: string;
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUpload"];
            };
        };
        responses: {
            /** @description The upload is begun. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Instructions"];
                };
            };
            /**
             * @description - `invalid_filename`: The name is empty, longer than 255 characters, or has `/`, `\` or a control character.
             *     - `invalid_idempotency_key`: The `Idempotency-Key` is not 1 to 255 visible ASCII characters.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_keep_location`: `keepLocation` is not true or false.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_project_id`: The project's id is not a UUID in lower case.
             *     - `invalid_sha256`: The SHA-256 is not 64 hexadecimal digits.
             *     - `invalid_size`: The size is not a positive integer (bytes).
             *     - `invalid_tags`: There are more than 20 tags, or one of them is not valid.
             *     - `missing_field`: A field that is required is missing.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `too_large`: The file is larger than files of its kind may be here.
             *     - `type_not_allowed`: Files of this type are not taken here.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_filename",
                     *       "detail": "The name is empty, longer than 255 characters, or has `/`, `\\` or a control character.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_filename"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_filename" | "invalid_idempotency_key" | "invalid_json" | "invalid_keep_location" | "invalid_owner" | "invalid_project_id" | "invalid_sha256" | "invalid_size" | "invalid_tags" | "missing_field" | "repeated_field" | "too_large" | "type_not_allowed" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - `project_not_found`: There is no such project that the caller is a member of.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found" | "project_not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /**
             * @description - `quota_exceeded`: It does not fit into the owner's quota.
             *     - `upload_not_active`: The upload is over.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "quota_exceeded",
                     *       "detail": "It does not fit into the owner's quota.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:quota_exceeded"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "quota_exceeded" | "upload_not_active";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - `idempotency_key_reused`: The `Idempotency-Key` was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "idempotency_key_reused",
                     *       "detail": "The `Idempotency-Key` was used for another request.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "urn:quayside:problem:idempotency_key_reused"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused";
                        /** @constant */
                        status?: 422;
                    };
                };
            };
            /**
             * @description - `too_many_uploads`: The caller has as many unfinished uploads as are allowed.
             *     - The gateway itself: Too Many Requests.
             */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "too_many_uploads",
                     *       "detail": "The caller has as many unfinished uploads as are allowed.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "urn:quayside:problem:too_many_uploads"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_uploads";
                        /** @constant */
                        status?: 429;
                    };
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    getUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_owner" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    abortUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is given up. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_owner" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /**
             * @description - `conflict`: Other requests changed the same thing again and again. Try again.
             *     - `upload_not_active`: The upload is over.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict" | "upload_not_active";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    completeUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Completed"];
            };
        };
        responses: {
            /** @description Storage has the file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_parts`: The list of parts is malformed, or does not agree with what storage has.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_json" | "invalid_owner" | "invalid_parts" | "repeated_field" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /**
             * @description - `conflict`: Other requests changed the same thing again and again. Try again.
             *     - `upload_incomplete`: Storage does not have all bytes of the upload yet.
             *     - `upload_not_active`: The upload is over.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict" | "upload_incomplete" | "upload_not_active";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    signParts: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The asset's, which is also its upload's. */
                id: components["schemas"]["AssetId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedParts"];
            };
        };
        responses: {
            /** @description The parts are signed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedParts"];
                };
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_part_number`: The upload has no parts of these numbers, or more than 100 are asked for at once.
             *     - `missing_field`: A field that is required is missing.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_json" | "invalid_owner" | "invalid_part_number" | "missing_field" | "repeated_field" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `upload_not_active`: The upload is over. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "upload_not_active",
                     *       "detail": "The upload is over.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:upload_not_active"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "upload_not_active";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointList"];
                };
            };
            /**
             * @description - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_owner",
                     *       "detail": "`Quayside-Owner` is not a percent-encoded subject.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_owner"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_owner" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request for a day: the same one again begins nothing anew and answers the same. A random UUID is a good one. */
                "Idempotency-Key"?: string;
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEndpoint"];
            };
        };
        responses: {
            /** @description The endpoint is made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointWithSecret"];
                };
            };
            /**
             * @description - `invalid_idempotency_key`: The `Idempotency-Key` is not 1 to 255 visible ASCII characters.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `invalid_provider`: There is no such provider.
             *     - `invalid_secret`: The secret is not `whsec_` and 24 to 64 bytes in base64.
             *     - `missing_field`: A field that is required is missing.
             *     - `repeated_field`: A field of the form, or a key of a JSON object, is given more than once.
             *     - `unknown_field`: The request has no such field.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_idempotency_key",
                     *       "detail": "The `Idempotency-Key` is not 1 to 255 visible ASCII characters.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_idempotency_key"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_idempotency_key" | "invalid_json" | "invalid_owner" | "invalid_provider" | "invalid_secret" | "missing_field" | "repeated_field" | "unknown_field" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `too_many_endpoints`: The caller has as many endpoints as are allowed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "too_many_endpoints",
                     *       "detail": "The caller has as many endpoints as are allowed.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:too_many_endpoints"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_endpoints";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - `idempotency_key_reused`: The `Idempotency-Key` was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "idempotency_key_reused",
                     *       "detail": "The `Idempotency-Key` was used for another request.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "urn:quayside:problem:idempotency_key_reused"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused";
                        /** @constant */
                        status?: 422;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    revokeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others. */
                "Quayside-Owner"?: string;
            };
            path: {
                /** @description The endpoint's. */
                id: components["schemas"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_owner`: `Quayside-Owner` is not a percent-encoded subject.
             *     - `unknown_parameter`: The route has no such query parameter.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_owner" | "unknown_parameter";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `unauthenticated`: The request has no token, or an invalid one.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unauthenticated",
                     *       "detail": "The request has no token, or an invalid one.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:unauthenticated"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `forbidden`: The caller's role does not let it do this; or the caller may not act for another owner. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "forbidden",
                     *       "detail": "The caller's role does not let it do this; or the caller may not act for another owner.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "urn:quayside:problem:forbidden"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "forbidden";
                        /** @constant */
                        status?: 403;
                    };
                };
            };
            /**
             * @description - `not_found`: There is no such thing, or it was deleted, or it is not the caller's to see.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "detail": "There is no such thing, or it was deleted, or it is not the caller's to see.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:not_found"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /** @description - `conflict`: Other requests changed the same thing again and again. Try again. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    receiveStorageEvents: {
        parameters: {
            query?: never;
            header: {
                /** @description `v1=` and the HMAC-SHA256 in hex. */
                "X-Bz-Event-Notification-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    events: {
                        bucketName?: string;
                        eventType: string;
                        objectName?: string;
                        objectSize?: number | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description It is accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /**
             * @description - `invalid_json`: The body is not valid JSON, or not an object.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_json",
                     *       "detail": "The body is not valid JSON, or not an object.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_json"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_json";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `invalid_signature`: The signature is missing or wrong, or of another time; or there is no such endpoint.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_signature",
                     *       "detail": "The signature is missing or wrong, or of another time; or there is no such endpoint.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:invalid_signature"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_signature";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /** @description - `conflict`: Other requests changed the same thing again and again. Try again. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "conflict",
                     *       "detail": "Other requests changed the same thing again and again. Try again.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "urn:quayside:problem:conflict"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "conflict";
                        /** @constant */
                        status?: 409;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /** @description - The gateway itself: Too Many Requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
    receiveWebhook: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the webhook. */
                "webhook-id": string;
                /** @description When it was signed, in seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the HMAC-SHA256 in base64; or several. */
                "webhook-signature": string;
            };
            path: {
                /** @description Who sends it. */
                provider: components["schemas"]["Provider"];
                /** @description The endpoint's id. */
                endpoint: components["schemas"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The prediction's. */
                    id?: string;
                    /** @description Anything; the URLs in it are taken, up to a hundred. */
                    output?: unknown;
                    /** @description Only what has `succeeded` is taken. */
                    status?: string;
                };
            };
        };
        responses: {
            /** @description It is accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /**
             * @description - `invalid_id`: The id is not a UUID in lower case.
             *     - `invalid_json`: The body is not valid JSON, or not an object.
             *     - The gateway itself: Bad Request.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_id",
                     *       "detail": "The id is not a UUID in lower case.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "urn:quayside:problem:invalid_id"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_id" | "invalid_json";
                        /** @constant */
                        status?: 400;
                    };
                };
            };
            /**
             * @description - `invalid_signature`: The signature is missing or wrong, or of another time; or there is no such endpoint.
             *     - The gateway itself: Unauthorized.
             */
            401: {
                headers: {
                    /** @description How to prove who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "invalid_signature",
                     *       "detail": "The signature is missing or wrong, or of another time; or there is no such endpoint.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "urn:quayside:problem:invalid_signature"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_signature";
                        /** @constant */
                        status?: 401;
                    };
                };
            };
            /**
             * @description - `no_route`: There is nothing of that name to send to.
             *     - The gateway itself: Not Found.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not Found"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "no_route",
                     *       "detail": "There is nothing of that name to send to.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "urn:quayside:problem:no_route"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_route";
                        /** @constant */
                        status?: 404;
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body is longer than is taken here.
             *     - The gateway itself: Request Entity Too Large.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Request Entity Too Large"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "body_too_large",
                     *       "detail": "The body is longer than is taken here.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 413,
                     *       "title": "Payload Too Large",
                     *       "type": "urn:quayside:problem:body_too_large"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                        /** @constant */
                        status?: 413;
                    };
                };
            };
            /**
             * @description - `too_many_ingestions`: As many files are being fetched for the caller as are allowed.
             *     - The gateway itself: Too Many Requests.
             */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Too Many Requests"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "too_many_ingestions",
                     *       "detail": "As many files are being fetched for the caller as are allowed.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "urn:quayside:problem:too_many_ingestions"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_ingestions";
                        /** @constant */
                        status?: 429;
                    };
                };
            };
            /**
             * @description - `internal`: An internal error occurred. The service's log has the `requestId`.
             *     - The gateway itself: Internal Server Error.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Internal Server Error"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "internal",
                     *       "detail": "An internal error occurred. The service's log has the `requestId`.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 500,
                     *       "title": "Internal Server Error",
                     *       "type": "urn:quayside:problem:internal"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal";
                        /** @constant */
                        status?: 500;
                    };
                };
            };
            /**
             * @description - `unavailable`: The service is temporarily unavailable. Try again in a few seconds.
             *     - The gateway itself: Service Unavailable.
             */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Service Unavailable"
                     *     }
                     */
                    "application/json": components["schemas"]["GatewayRefusal"];
                    /**
                     * @example {
                     *       "code": "unavailable",
                     *       "detail": "The service is temporarily unavailable. Try again in a few seconds.",
                     *       "requestId": "JKJaXmPLvHcESHA=",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "urn:quayside:problem:unavailable"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unavailable";
                        /** @constant */
                        status?: 503;
                    };
                };
            };
        };
    };
}
